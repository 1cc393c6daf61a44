import type { Flow } from '@picket/proto'
import { type Packet, Protocol } from '../decode/packet.ts'
import type { FlowInspector } from '../flow/flow-table.ts'
import type { AddressNames } from './address-names.ts'
import type { FlowFacts } from './flow-facts.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'
import { recognisersFor } from './recognisers.ts'
import { StreamHead } from './stream-head.ts'

/** Packets with payload looked at before a flow is left unrecognised: what tells a protocol comes first. */
const MAX_TRIES = 4
/** And before one that is recognised, or whose head is being put together, is left incomplete. */
const MAX_PACKETS = 16
/** Stream heads held at a time, 16 KiB each at most; a flow that finds none free is recognised by one segment alone. */
const MAX_HEADS = 1_024

/** Recognises application protocols at the head of each flow. Keeps no payload beyond bounded stream heads. */
export class Recognition implements FlowInspector {
  /** Times a stream head was wanted and none was free. */
  headsRefused = 0
  readonly #facts: (FlowFacts | undefined)[] = []
  readonly #tries: number[] = []
  readonly #heads = new Map<number, StreamHead>()
  readonly #tcp: readonly Recogniser[]
  readonly #udp: readonly Recogniser[]
  #scratch: FlowFacts | undefined
  readonly #head: Head = {
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    forward: true,
    sourcePort: 0,
    destinationPort: 0,
  }

  constructor(names: AddressNames) {
    this.#tcp = recognisersFor('tcp', names)
    this.#udp = recognisersFor('udp', names)
  }

  inspect(slot: number, packet: Packet, forward: boolean): boolean {
    const isTcp = packet.protocol === Protocol.TCP
    if (!isTcp && packet.protocol !== Protocol.UDP) return false
    this.#setHead(slot, packet, forward, isTcp)
    const facts = this.#facts[slot]
    const verdict = facts ? facts.recogniser.recognise(this.#head, facts) : this.#recognise(slot, isTcp)
    if (isTcp) this.#keepHead(slot, packet, forward, verdict)
    if (this.#facts[slot]?.isComplete) return this.#finish(slot)
    const tries = (this.#tries[slot] ?? 0) + 1
    this.#tries[slot] = tries
    const isRecognised = this.#facts[slot] !== undefined
    // Datagrams are messages: what was recognised is counted to the end of the flow.
    if (isRecognised && !isTcp) return true
    const limit = isRecognised || verdict === Verdict.MORE ? MAX_PACKETS : MAX_TRIES
    return tries < limit || this.#finish(slot)
  }

  /** Adds what was recognised to a flow that leaves the table. */
  addTo(flow: Flow, slot: number): void {
    const facts = this.#facts[slot]
    if (!facts) return
    flow.protocolName = facts.recogniser.name
    flow.hostName = facts.hostName
    if (facts.tls) flow.tls = { ...facts.tls }
    if (facts.dns) flow.dns = { ...facts.dns }
    if (facts.http) flow.http = { ...facts.http }
  }

  /** Forgets a flow. */
  release(slot: number): void {
    this.#facts[slot] = undefined
    this.#tries[slot] = 0
    this.#finish(slot)
  }

  #recognise(slot: number, isTcp: boolean): Verdict {
    let best: Verdict = Verdict.NO
    const recognisers = isTcp ? this.#tcp : this.#udp
    for (const recogniser of recognisers) {
      const facts = this.#freshFacts(recogniser)
      const verdict = recogniser.recognise(this.#head, facts)
      if (verdict === Verdict.YES) {
        this.#facts[slot] = facts
        this.#scratch = undefined
        return verdict
      }
      if (verdict === Verdict.MORE) best = verdict
    }
    return best
  }

  /** Reused until a recogniser has written to it: most flows are asked for many protocols and are none of them. */
  #freshFacts(recogniser: Recogniser): FlowFacts {
    const scratch = this.#scratch
    if (scratch && !scratch.tls && !scratch.dns && !scratch.http && scratch.hostName === '' && !scratch.isComplete) {
      scratch.recogniser = recogniser
      return scratch
    }
    this.#scratch = { recogniser, hostName: '', isComplete: false, tls: undefined, dns: undefined, http: undefined }
    return this.#scratch
  }

  #setHead(slot: number, packet: Packet, forward: boolean, isTcp: boolean): void {
    const head = this.#head
    head.forward = forward
    head.sourcePort = forward ? packet.sourcePort : packet.destinationPort
    head.destinationPort = forward ? packet.destinationPort : packet.sourcePort
    const stream = isTcp ? this.#heads.get(headKey(slot, forward)) : undefined
    if (stream) stream.add(packet.tcpSequence, packet.bytes, packet.payload, packet.payloadEnd)
    head.bytes = stream ? stream.bytes : packet.bytes
    head.start = stream ? 0 : packet.payload
    head.end = stream ? stream.length : packet.payloadEnd
  }

  #keepHead(slot: number, packet: Packet, forward: boolean, verdict: Verdict): void {
    const key = headKey(slot, forward)
    const stream = this.#heads.get(key)
    if (verdict !== Verdict.MORE || stream?.isFull) this.#heads.delete(key)
    else if (!stream) {
      if (this.#heads.size >= MAX_HEADS) this.headsRefused++
      else {
        const started = new StreamHead(packet.tcpSequence)
        started.add(packet.tcpSequence, packet.bytes, packet.payload, packet.payloadEnd)
        this.#heads.set(key, started)
      }
    }
  }

  #finish(slot: number): false {
    if (this.#heads.size > 0) {
      this.#heads.delete(headKey(slot, true))
      this.#heads.delete(headKey(slot, false))
    }
    return false
  }
}

function headKey(slot: number, forward: boolean): number {
  return slot * 2 + (forward ? 0 : 1)
}
