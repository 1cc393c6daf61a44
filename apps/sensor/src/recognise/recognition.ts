import type { Flow } from '@picket/proto'
import { Packet, Protocol } from '../decode/packet.ts'
import type { FlowInspector } from '../flow/flow-table.ts'
import type { AddressNames } from './address-names.ts'
import { Dispatch } from './dispatch.ts'
import { Expectations } from './expectations.ts'
import { Awaited, FlowFacts } from './flow-facts.ts'
import { readNeighbours, saysNeighbours } from './link/link-facts.ts'
import { MessageAllowance } from './message-allowance.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'
import { recognisersFor } from './recognisers.ts'
import { StreamHeads } from './stream-heads.ts'

/** Packets with payload looked at before a flow is left unrecognised: what tells a protocol comes first. */
const MAX_TRIES = 6
/** And before one that is recognised, or whose head is being put together, is left incomplete. */
const MAX_PACKETS = 24
const MEMORY_WORDS = 4
const { FORWARD, REVERSE } = Awaited

/** Recognises application protocols at the head of each flow. Keeps no payload beyond bounded stream heads. */
export class Recognition implements FlowInspector {
  readonly expectations = new Expectations()
  readonly messages = new MessageAllowance()
  readonly #facts: (FlowFacts | undefined)[] = []
  readonly #heads = new StreamHeads()
  readonly #tcp: Dispatch
  readonly #udp: Dispatch
  #tries = new Uint8Array(1_024)
  #scratch: FlowFacts | undefined
  readonly #head: Head = {
    bytes: new Uint8Array(0),
    start: 0,
    end: 0,
    forward: true,
    isTcp: false,
    sourcePort: 0,
    destinationPort: 0,
    wireLength: 0,
    packet: new Packet(),
    memory: new Uint32Array(1_024 * MEMORY_WORDS),
    memoryAt: 0,
  }

  constructor(names: AddressNames) {
    const shared = { names, expectations: this.expectations, messages: this.messages }
    this.#tcp = new Dispatch(recognisersFor('tcp', shared))
    this.#udp = new Dispatch(recognisersFor('udp', shared))
  }

  /** Times a stream head was wanted and none was free: those flows are recognised by one segment alone. */
  get headsRefused(): number {
    return this.#heads.refused
  }

  inspect(slot: number, packet: Packet, forward: boolean): boolean {
    const isTcp = packet.protocol === Protocol.TCP
    if (!isTcp && packet.protocol !== Protocol.UDP && packet.protocol !== Protocol.UDP_LITE)
      return saysNeighbours(packet) && this.#addNeighbours(slot, packet)
    if (slot >= this.#tries.length) this.#grow(slot)
    const known = this.#facts[slot]
    if (known !== undefined && known.awaited === (forward ? REVERSE : FORWARD)) return true
    this.#setHead(slot, packet, forward, isTcp)
    const verdict = known ? known.recogniser.recognise(this.#head, known) : this.#recognise(slot, isTcp)
    if (isTcp) this.#heads.keep(slot, forward, packet, verdict === Verdict.MORE || verdict === Verdict.KEEP)
    const facts = this.#facts[slot]
    if (facts?.isComplete) return this.#finish(slot)
    if (isTcp && !facts && packet.payloadLength <= 2 && packet.bytes[packet.payload] === 0) return true
    const tries = this.#tries[slot] < 255 ? ++this.#tries[slot] : 255
    // Datagrams are messages: a recogniser that is not complete counts them to the end of the flow.
    if (facts && (!isTcp || facts.isEndless)) return true
    const limit = facts || verdict === Verdict.MORE ? MAX_PACKETS : MAX_TRIES
    if (tries < limit) return true
    if (facts) this.#conclude(slot, facts)
    return this.#finish(slot)
  }

  #addNeighbours(slot: number, packet: Packet): boolean {
    if (slot >= this.#tries.length) this.#grow(slot)
    this.#facts[slot] = readNeighbours(packet, this.#facts[slot])
    return ++this.#tries[slot] < MAX_PACKETS
  }

  /** Adds what was recognised to a flow that leaves the table; copies of it where its conversation `continues` in the slot. */
  addTo(flow: Flow, slot: number, continues: boolean): void {
    const facts = this.#facts[slot]
    if (!facts) return
    if (!continues) this.#conclude(slot, facts)
    flow.protocolName = facts.protocol
    flow.protocolConfidence = facts.confidence
    flow.hostName = facts.hostName
    flow.application = facts.application
    if (facts.tls) flow.tls = continues ? { ...facts.tls } : facts.tls
    if (facts.dns) flow.dns = continues ? { ...facts.dns } : facts.dns
    if (facts.http) flow.http = continues ? { ...facts.http } : facts.http
    if (facts.fields) flow.protocolFields = continues ? { ...facts.fields } : facts.fields
  }

  /** The record of a flow was exported and its conversation goes on in the next. */
  restart(slot: number): void {
    const facts = this.#facts[slot]
    if (!facts) return
    facts.restart()
    this.messages.giveBack(facts)
  }

  /** Forgets a flow. */
  release(slot: number): void {
    if (slot >= this.#tries.length) return
    const facts = this.#facts[slot]
    if (facts !== undefined && facts.messagesHeld > 0) this.messages.giveBack(facts)
    this.#facts[slot] = undefined
    this.#tries[slot] = 0
    const { memory } = this.#head
    for (let i = slot * MEMORY_WORDS; i < (slot + 1) * MEMORY_WORDS; i++) memory[i] = 0
    this.#finish(slot)
  }

  #recognise(slot: number, isTcp: boolean): Verdict {
    const head = this.#head
    const announced = this.#tries[slot] === 0 ? this.expectations.take(head.packet) : undefined
    if (announced && this.#ask(announced, slot) >= Verdict.YES) return Verdict.YES
    const dispatch = isTcp ? this.#tcp : this.#udp
    const { destinationPort, sourcePort } = head
    let best = this.#askAll(dispatch.ofPort(destinationPort), slot)
    if (best >= Verdict.YES) return best
    if (sourcePort !== destinationPort) best = later(best, this.#askAll(dispatch.ofPort(sourcePort), slot))
    if (best >= Verdict.YES) return best
    return later(best, this.#askAll(dispatch.ofOctet(head.bytes[head.start]), slot))
  }

  #askAll(recognisers: readonly Recogniser[], slot: number): Verdict {
    let best: Verdict = Verdict.NO
    for (let i = 0; i < recognisers.length; i++) {
      const verdict = this.#ask(recognisers[i], slot)
      if (verdict >= Verdict.YES) return verdict
      if (verdict === Verdict.MORE) best = verdict
    }
    return best
  }

  #ask(recogniser: Recogniser, slot: number): Verdict {
    const facts = this.#freshFacts(recogniser)
    const verdict = recogniser.recognise(this.#head, facts)
    if (verdict >= Verdict.YES) {
      this.#facts[slot] = facts
      this.#scratch = undefined
    }
    return verdict
  }

  /** Reused until a recogniser has written to it: most flows are asked for many protocols and are none of them. */
  #freshFacts(recogniser: Recogniser): FlowFacts {
    if (this.#scratch?.isFresh) this.#scratch.reuse(recogniser)
    else this.#scratch = new FlowFacts(recogniser)
    return this.#scratch
  }

  #setHead(slot: number, packet: Packet, forward: boolean, isTcp: boolean): void {
    const head = this.#head
    head.packet = packet
    head.forward = forward
    head.isTcp = isTcp
    head.memoryAt = slot * MEMORY_WORDS
    head.sourcePort = forward ? packet.sourcePort : packet.destinationPort
    head.destinationPort = forward ? packet.destinationPort : packet.sourcePort
    const stream = isTcp ? this.#heads.add(slot, forward, packet) : undefined
    head.bytes = stream ? stream.bytes : packet.bytes
    head.start = stream ? 0 : packet.payload
    head.end = stream ? stream.length : packet.payloadEnd
    head.wireLength = stream ? stream.length : packet.payloadLength
  }

  /** Lets the recogniser make of an unfinished message what it can. */
  #conclude(slot: number, facts: FlowFacts): void {
    const { recogniser } = facts
    if (!recogniser.conclude || facts.isComplete) return
    const head = this.#head
    const stream = this.#heads.get(slot, true)
    head.forward = true
    head.memoryAt = slot * MEMORY_WORDS
    if (stream) head.bytes = stream.bytes
    head.start = 0
    head.end = stream?.length ?? 0
    head.wireLength = head.end
    recogniser.conclude(head, facts)
  }

  #finish(slot: number): false {
    this.#heads.drop(slot)
    return false
  }

  #grow(slot: number): void {
    const size = 2 ** Math.ceil(Math.log2(slot + 1))
    const tries = new Uint8Array(size)
    tries.set(this.#tries)
    const memory = new Uint32Array(size * MEMORY_WORDS)
    memory.set(this.#head.memory)
    this.#tries = tries
    this.#head.memory = memory
  }
}

function later(one: Verdict, other: Verdict): Verdict {
  return one > other ? one : other
}
