import type { DnsFacts, HttpFacts, TlsFacts } from '@picket/proto'
import type { Recogniser } from './recogniser.ts'

/** Whose next payload is wanted. */
export const Awaited = { BOTH: 0, FORWARD: 1, REVERSE: 2 } as const
export type Awaited = (typeof Awaited)[keyof typeof Awaited]

const MAX_FIELDS = 24
const MAX_VALUE = 200

/** What is known of one flow's application; made when a recogniser has something to say, never for other flows. */
export class FlowFacts {
  /** Who recognised it, and is shown what follows until `isComplete`. */
  recogniser: Recogniser
  /** Name of the protocol; the recogniser's own unless it saw the flow become another. */
  protocol: string
  /** How sure that is, 0 to 1. */
  confidence: number
  /** Whose conversation it is where the octets tell, e.g. "whatsapp"; empty otherwise. */
  application = ''
  /** Host name the flow was for, lower case; empty when it did not say. */
  hostName = ''
  tls: TlsFacts | undefined
  dns: DnsFacts | undefined
  http: HttpFacts | undefined
  /** What other protocols showed in clear, by dotted name; bounded, the first values stay. */
  fields: Record<string, string> | undefined
  /** Nothing more is wanted of this flow. */
  isComplete = false
  /** Each segment may bring another message: the flow is looked at to its end, not for its first packets alone. */
  isEndless = false
  /** Payload of the other end is passed over unseen, which costs next to nothing. */
  awaited: Awaited = Awaited.BOTH
  /** What it holds of the allowance for later messages. */
  messagesHeld = 0
  #count = 0

  constructor(recogniser: Recogniser) {
    this.recogniser = recogniser
    this.protocol = recogniser.name
    this.confidence = recogniser.confidence ?? 0.99
  }

  /** Whether nothing was written to it yet. */
  get isFresh(): boolean {
    return (
      !this.tls &&
      !this.dns &&
      !this.http &&
      !this.fields &&
      this.hostName === '' &&
      this.application === '' &&
      !this.isComplete
    )
  }

  /** Makes unwritten facts those of another recogniser. */
  reuse(recogniser: Recogniser): void {
    this.recogniser = recogniser
    this.protocol = recogniser.name
    this.confidence = recogniser.confidence ?? 0.99
  }

  /** Keeps the first value of a name; empty ones and what is past the bound are left out. */
  set(name: string, value: string | number): void {
    if (value === '' || this.#count >= MAX_FIELDS) return
    this.fields ??= {}
    if (name in this.fields) return
    this.fields[name] = String(value).slice(0, MAX_VALUE)
    this.#count++
  }

  /** Adds a value to those of a name, as "one, other", unless it is among them; what does not fit is left out. */
  append(name: string, value: string): void {
    const values = this.fields?.[name]
    if (values === value) return
    if (this.fields === undefined || values === undefined) return this.set(name, value)
    if (values.length + 2 + value.length > MAX_VALUE || values.split(', ').includes(value)) return
    this.fields[name] = `${values}, ${value}`
  }

  /** The record ended and the conversation goes on in the next: what was counted and listed begins anew, the first message stays. */
  restart(): void {
    if (this.dns) this.dns = { ...this.dns, questions: 0, answers: 0, later: [], records: [] }
    if (this.http) this.http = { ...this.http, requests: 0, later: [] }
  }

  get(name: string): string {
    return this.fields?.[name] ?? ''
  }
}
