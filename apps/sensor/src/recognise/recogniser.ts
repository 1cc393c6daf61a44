import type { FlowFacts } from './flow-facts.ts'

/** The start of one direction of a TCP stream, or one datagram: octets `start` to `end` of `bytes`. Never kept. */
export interface Head {
  bytes: Uint8Array
  start: number
  end: number
  /** From the initiator. */
  forward: boolean
  /** Ports of the flow, not of the packet. */
  sourcePort: number
  destinationPort: number
}

export const Verdict = {
  /** Another protocol. */
  NO: 0,
  /** It looks like it, but more octets of this direction are needed. */
  MORE: 1,
  YES: 2,
} as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** Knows one protocol by its structure. Synchronous, pure but for the facts it fills in, never throws. */
export interface Recogniser {
  /** As ECS network.protocol has it. */
  readonly name: string
  readonly transport: 'tcp' | 'udp' | 'both'
  /** `facts` are new on the first call that says YES, and the same object afterwards. */
  recognise(head: Head, facts: FlowFacts): Verdict
}
