import type { DnsFacts, HttpFacts, TlsFacts } from '@picket/proto'
import type { Recogniser } from './recogniser.ts'

/** What is known of one flow's application; made when a recogniser knows the protocol, never for other flows. */
export interface FlowFacts {
  /** Who recognised it, and is shown what follows until `isComplete`. */
  recogniser: Recogniser
  /** Host name the flow was for, lower case; empty when it did not say. */
  hostName: string
  tls?: TlsFacts
  dns?: DnsFacts
  http?: HttpFacts
  /** Nothing more is wanted of this flow. */
  isComplete: boolean
}
