import type { Packet } from '../decode/packet.ts'
import type { FlowFacts } from './flow-facts.ts'

/** The start of one direction of a TCP stream, or one datagram: octets `start` to `end` of `bytes`. Never kept. */
export interface Head {
  bytes: Uint8Array
  start: number
  end: number
  /** From the initiator. */
  forward: boolean
  isTcp: boolean
  /** Ports of the flow, not of the packet. */
  sourcePort: number
  destinationPort: number
  /** Octets of the payload on the wire: more than `end - start` where the capture cut the packet. */
  wireLength: number
  /** The packet that brought the latest octets, for its addresses. */
  packet: Packet
  /** Four words a flow, zero at first, for recognisers that need several packets to be sure: from `memoryAt` on. */
  memory: Uint32Array
  memoryAt: number
}

export const Verdict = {
  /** Another protocol. */
  NO: 0,
  /** It looks like it, but more octets of this direction (over UDP: more datagrams) are needed. */
  MORE: 1,
  YES: 2,
  /** It is, and more octets of this direction will tell more. */
  KEEP: 3,
} as const
export type Verdict = (typeof Verdict)[keyof typeof Verdict]

/** Knows one protocol by its structure. Synchronous, pure but for the facts it fills in, never throws. */
export interface Recogniser {
  /** As ECS network.protocol has it. */
  readonly name: string
  readonly transport: 'tcp' | 'udp' | 'both'
  /** Ports of either end on which it is asked before all others. */
  readonly ports?: readonly number[]
  /** Its octets alone prove too little: it is asked on its ports only. */
  readonly onlyOnPorts?: boolean
  /** First octets its messages can have; absent where any is possible. */
  readonly firstOctets?: readonly number[]
  /** How sure YES is, 0 to 1; 0.99 where absent. */
  readonly confidence?: number
  /** `facts` are new on the first call that says YES, and the same object afterwards. */
  recognise(head: Head, facts: FlowFacts): Verdict
  /**
   * Adds what the beginning of an unfinished message tells, when no more of it will come. `head` is what there is of the forward stream;
   * empty over UDP, and where nothing was held.
   */
  conclude?(head: Head, facts: FlowFacts): void
}

/** Whether either end of the flow uses the port. */
export function usesPort(head: Head, port: number): boolean {
  return head.destinationPort === port || head.sourcePort === port
}

/** The octets `from` to `to`, both included, for `firstOctets`. */
export function octets(from: number, to: number): number[] {
  return Array.from({ length: to - from + 1 }, (_, i) => from + i)
}

/** The octets that these texts start with. */
export function firstOf(texts: readonly string[]): number[] {
  return [...new Set(texts.map((text) => text.charCodeAt(0)))]
}
