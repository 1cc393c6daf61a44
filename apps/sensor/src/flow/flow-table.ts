import { EndReason } from '@picket/proto'
import { Family, type Packet, Protocol, TcpFlag } from '../decode/packet.ts'
import { addToDirection } from './direction-statistics.ts'
import { FlowKey } from './flow-key.ts'
import { FlowRecords } from './flow-records.ts'
import { HashIndex } from './hash-index.ts'
import { isFromResponder } from './initiator.ts'
import * as at from './layout.ts'

/** A closed flow is kept this long for the last acknowledgements of its teardown. */
const LINGER_US = 1_000_000
/** Between looks for flows to end, in packet time. A look costs ~1 ns a slot: it reads the deadlines alone. */
const SWEEP_EVERY_US = 250_000
/** Flows ended by one look at most, so that no packet waits for a burst of expiries. */
const SWEEP_BUDGET = 2_048
/** A capture whose clock steps back further than this is taken to have been set, not to be out of order. */
const CLOCK_STEP_US = 10_000_000
const INITIAL_CAPACITY = 1_024
/** The table is full: the longest silent of this many slots makes room. */
const EVICTION_SAMPLE = 16

/** Looks at payloads of a flow. Returns whether it wants to see more of this flow. */
export interface FlowInspector {
  inspect(slot: number, packet: Packet, forward: boolean): boolean
}

export interface FlowTableOptions {
  idleTimeoutUs: number
  activeTimeoutUs: number
  /** Most flows at a time. */
  maxFlows: number
  inspector: FlowInspector
  /** Called when a record ends, before its slot is cleared. `continues` when the conversation goes on in the slot. */
  onEnd(slot: number, reason: EndReason, continues: boolean): void
}

/**
 * Bidirectional flows on typed arrays. Packet time is the clock: what is exported depends on the packets alone, only
 * when it is exported depends on `advance`. Bounded by maxFlows; when full, a long silent flow is ended early and
 * counted in `evictions`.
 */
export class FlowTable {
  readonly records = new FlowRecords(INITIAL_CAPACITY)
  options: FlowTableOptions
  active = 0
  started = 0
  evictions = 0
  /** Latest packet time. */
  clockUs = 0
  readonly #index = new HashIndex(INITIAL_CAPACITY)
  readonly #key = new FlowKey()
  #nextSweepUs = 0
  #sweepSlot = 0
  #evictionSlot = 0

  constructor(options: FlowTableOptions) {
    this.options = options
  }

  update(packet: Packet): void {
    this.advance(packet.timeUs)
    const key = this.#key
    key.set(packet)
    let slot = this.#find()
    if (slot >= 0) {
      const reason = this.#endedBefore(slot, packet)
      if (reason === EndReason.ACTIVE) this.#continueRecord(slot, packet)
      else if (reason !== EndReason.UNSPECIFIED) {
        this.#end(slot, reason)
        slot = -1
      }
    }
    if (slot < 0) slot = this.#start(packet)
    this.#add(slot, packet)
  }

  /** Moves the clock on, ending flows whose time has come. Also called when the wire is quiet, with the wall clock. */
  advance(timeUs: number): void {
    if (timeUs > this.clockUs) this.clockUs = timeUs
    else if (timeUs < this.clockUs - CLOCK_STEP_US) {
      this.clockUs = timeUs
      this.#nextSweepUs = timeUs
    }
    if (this.clockUs >= this.#nextSweepUs) this.#sweep()
  }

  /** New timeouts hold at once, for the flows in the table too. */
  setTimeouts(timeouts: { idleTimeoutUs: number; activeTimeoutUs: number }): void {
    this.options = { ...this.options, ...timeouts }
    const { deadlines, highWater } = this.records
    for (let slot = 0; slot < highWater; slot++) if (deadlines[slot] !== Infinity) deadlines[slot] = 0
  }

  /** Ends up to `budget` of the flows that are left, as the capture is over; returns whether any remain. */
  endSome(budget: number): boolean {
    const { records } = this
    let left = budget
    for (let slot = 0; slot < records.highWater && left > 0; slot++) {
      if ((records.words[slot * at.RECORD_WORDS + at.STATE] & at.IN_USE) === 0) continue
      const due = this.#dueReason(slot, this.clockUs)
      this.#end(slot, due === EndReason.UNSPECIFIED ? EndReason.FORCED : due)
      left--
    }
    return this.active > 0
  }

  #find(): number {
    const { words, hash } = this.#key
    const stored = this.records.words
    for (let position = this.#index.find(hash, hash); position >= 0;) {
      const slot = this.#index.slotAt(position)
      if (isSameKey(stored, slot * at.RECORD_WORDS, words)) return slot
      position = this.#index.find(hash, position + 1)
    }
    return -1
  }

  /** Why the record in the slot was over before this packet came; UNSPECIFIED when the packet belongs to it. */
  #endedBefore(slot: number, packet: Packet): EndReason {
    const f = slot * at.RECORD_F64
    const { doubles } = this.records
    const due = this.#dueReason(slot, packet.timeUs)
    if (due !== EndReason.UNSPECIFIED) return due
    const opens = (packet.tcpFlags & (TcpFlag.SYN | TcpFlag.ACK)) === TcpFlag.SYN
    if (opens && doubles[f + at.CLOSED_F64] > 0) return EndReason.END_OF_FLOW
    if (packet.timeUs - doubles[f + at.START_F64] >= this.options.activeTimeoutUs) return EndReason.ACTIVE
    return EndReason.UNSPECIFIED
  }

  #dueReason(slot: number, nowUs: number): EndReason {
    const f = slot * at.RECORD_F64
    const { doubles } = this.records
    const closed = doubles[f + at.CLOSED_F64]
    if (closed > 0 && nowUs - closed > LINGER_US) return EndReason.END_OF_FLOW
    if (nowUs - doubles[f + at.LAST_F64] > this.options.idleTimeoutUs) return EndReason.IDLE
    return EndReason.UNSPECIFIED
  }

  #start(packet: Packet): number {
    if (this.active >= this.options.maxFlows) this.#evict()
    const { records } = this
    let slot = records.allocate()
    if (slot < 0) {
      records.grow()
      this.#index.grow()
      slot = records.allocate()
    }
    const { words, doubles } = records
    const w = slot * at.RECORD_WORDS
    const key = this.#key
    for (let i = 0; i < at.HASH; i++) words[w + i] = key.words[i]
    words[w + at.HASH] = key.hash
    const fromResponder = isFromResponder(packet)
    words[w + at.STATE] = at.IN_USE | (key.fromB !== fromResponder ? at.SOURCE_IS_B : 0)
    this.#setLinkAddresses(slot, packet, !fromResponder)
    doubles[slot * at.RECORD_F64 + at.START_F64] = packet.timeUs
    doubles[slot * at.RECORD_F64 + at.LAST_F64] = packet.timeUs
    records.deadlines[slot] = packet.timeUs + this.options.idleTimeoutUs
    this.#index.insert(key.hash, slot)
    this.active++
    this.started++
    return slot
  }

  #setLinkAddresses(slot: number, packet: Packet, forward: boolean): void {
    const { words, bytes } = this.records
    const w = slot * at.RECORD_WORDS
    const source = forward ? packet.sourceMac : packet.destinationMac
    const destination = forward ? packet.destinationMac : packet.sourceMac
    const to = (w + at.MACS) * 4
    if (source >= 0) {
      words[w + at.STATE] |= at.HAS_SOURCE_MAC
      for (let i = 0; i < 6; i++) bytes[to + i] = packet.bytes[source + i]
    }
    if (destination >= 0) {
      words[w + at.STATE] |= at.HAS_DESTINATION_MAC
      for (let i = 0; i < 6; i++) bytes[to + 6 + i] = packet.bytes[destination + i]
    }
  }

  #add(slot: number, packet: Packet): void {
    const { words, doubles } = this.records
    const w = slot * at.RECORD_WORDS
    const f = slot * at.RECORD_F64
    const forward = this.#key.fromB === ((words[w + at.STATE] & at.SOURCE_IS_B) !== 0)
    const { timeUs } = packet
    const last = doubles[f + at.LAST_F64]
    addToDirection(words, doubles, w + (forward ? at.FORWARD : at.REVERSE), packet)
    if (packet.payloadLength > 0) {
      const count = words[w + at.FIRST_COUNT]
      if (count < at.FIRST_PACKETS) {
        words[w + at.FIRST_LENGTHS + count] = forward ? packet.length : -packet.length
        words[w + at.FIRST_GAPS + count] = timeUs > last ? timeUs - last : 0
        words[w + at.FIRST_COUNT] = count + 1
      }
      if ((words[w + at.STATE] & at.INSPECTED) === 0 && packet.payloadEnd > packet.payload && !packet.laterFragment) {
        if (!this.options.inspector.inspect(slot, packet, forward)) words[w + at.STATE] |= at.INSPECTED
      }
    }
    if (timeUs > last) doubles[f + at.LAST_F64] = timeUs
    if (packet.protocol === Protocol.TCP && (packet.tcpFlags & 7) !== 0) this.#trackConnection(slot, packet, forward)
    else if ((words[w + at.STATE] & (at.SYN_ACK_SEEN | at.RTT_DONE)) === at.SYN_ACK_SEEN && forward) {
      words[w + at.STATE] |= at.RTT_DONE
      words[w + at.HANDSHAKE_RTT] = timeUs - doubles[f + at.SYN_F64]
    }
  }

  /** Handshake and teardown: SYN, SYN+ACK, FIN of each side, RST. */
  #trackConnection(slot: number, packet: Packet, forward: boolean): void {
    const { words, doubles, deadlines } = this.records
    const w = slot * at.RECORD_WORDS
    const f = slot * at.RECORD_F64
    const flags = packet.tcpFlags
    let state = words[w + at.STATE]
    if ((flags & TcpFlag.SYN) !== 0) {
      if ((flags & TcpFlag.ACK) === 0 && forward && (state & at.SYN_ACK_SEEN) === 0) {
        doubles[f + at.SYN_F64] = packet.timeUs
      } else if ((flags & TcpFlag.ACK) !== 0 && !forward && doubles[f + at.SYN_F64] > 0) state |= at.SYN_ACK_SEEN
    }
    if ((flags & TcpFlag.FIN) !== 0) state |= forward ? at.FIN_FORWARD : at.FIN_REVERSE
    words[w + at.STATE] = state
    const finished = (state & at.FIN_FORWARD) !== 0 && (state & at.FIN_REVERSE) !== 0
    if ((finished || (flags & TcpFlag.RST) !== 0) && doubles[f + at.CLOSED_F64] === 0) {
      doubles[f + at.CLOSED_F64] = packet.timeUs
      const due = packet.timeUs + LINGER_US
      if (due < deadlines[slot]) deadlines[slot] = due
    }
  }

  /** Ends the record by the active timeout and starts the next one of the same conversation in its slot. */
  #continueRecord(slot: number, packet: Packet): void {
    this.options.onEnd(slot, EndReason.ACTIVE, true)
    const { words, doubles } = this.records
    const w = slot * at.RECORD_WORDS
    const f = slot * at.RECORD_F64
    const nexts = [words[w + at.FORWARD + at.NEXT_SEQUENCE], words[w + at.REVERSE + at.NEXT_SEQUENCE]]
    const windows = [words[w + at.FORWARD + at.WINDOW], words[w + at.REVERSE + at.WINDOW]]
    const closed = doubles[f + at.CLOSED_F64]
    words.fill(0, w + at.HANDSHAKE_RTT, w + at.RECORD_WORDS)
    for (const [i, direction] of [at.FORWARD, at.REVERSE].entries()) {
      words[w + direction + at.NEXT_SEQUENCE] = nexts[i]
      words[w + direction + at.HOLE_START] = nexts[i]
      words[w + direction + at.HOLE_END] = nexts[i]
      words[w + direction + at.WINDOW] = windows[i]
    }
    words[w + at.STATE] = (words[w + at.STATE] | at.CONTINUED) & ~(at.SYN_ACK_SEEN | at.RTT_DONE)
    doubles[f + at.CLOSED_F64] = closed
    doubles[f + at.START_F64] = packet.timeUs
    doubles[f + at.LAST_F64] = packet.timeUs
    this.started++
  }

  #end(slot: number, reason: EndReason): void {
    this.options.onEnd(slot, reason, false)
    this.#index.remove(this.records.words[slot * at.RECORD_WORDS + at.HASH], slot)
    this.records.release(slot)
    this.active--
  }

  /** Ends due flows, going on where the look before stopped if that ran out of budget. */
  #sweep(): void {
    const { records, clockUs } = this
    const { deadlines, highWater } = records
    let budget = SWEEP_BUDGET
    let slot = this.#sweepSlot
    for (; slot < highWater; slot++) {
      if (deadlines[slot] >= clockUs) continue
      const due = this.#dueReason(slot, clockUs)
      if (due !== EndReason.UNSPECIFIED) {
        if (budget-- === 0) break
        this.#end(slot, due)
      } else deadlines[slot] = this.#deadline(slot)
    }
    const finished = slot >= highWater
    this.#sweepSlot = finished ? 0 : slot
    if (finished) this.#nextSweepUs = clockUs + SWEEP_EVERY_US
  }

  #deadline(slot: number): number {
    const { doubles } = this.records
    const f = slot * at.RECORD_F64
    const idle = doubles[f + at.LAST_F64] + this.options.idleTimeoutUs
    const closed = doubles[f + at.CLOSED_F64]
    return closed > 0 && closed + LINGER_US < idle ? closed + LINGER_US : idle
  }

  #evict(): void {
    const { words, doubles, highWater } = this.records
    let oldest = -1
    let oldestLast = Infinity
    for (let sampled = 0; sampled < EVICTION_SAMPLE;) {
      const slot = this.#evictionSlot
      this.#evictionSlot = slot + 1 < highWater ? slot + 1 : 0
      if ((words[slot * at.RECORD_WORDS + at.STATE] & at.IN_USE) === 0) continue
      sampled++
      const last = doubles[slot * at.RECORD_F64 + at.LAST_F64]
      if (last < oldestLast) {
        oldest = slot
        oldestLast = last
      }
    }
    this.evictions++
    this.#end(oldest, EndReason.LACK_OF_RESOURCES)
  }
}

function isSameKey(stored: Uint32Array, w: number, key: Uint32Array): boolean {
  if (
    stored[w + at.KEY_META] !== key[at.KEY_META] ||
    stored[w + at.KEY_PORTS] !== key[at.KEY_PORTS] ||
    stored[w + at.KEY_KIND] !== key[at.KEY_KIND] ||
    stored[w + at.KEY_A] !== key[at.KEY_A] ||
    stored[w + at.KEY_B] !== key[at.KEY_B]
  ) {
    return false
  }
  if ((key[at.KEY_KIND] & at.KIND_FAMILY) === Family.IPV4) return true
  for (let i = 1; i < 4; i++) {
    if (stored[w + at.KEY_A + i] !== key[at.KEY_A + i] || stored[w + at.KEY_B + i] !== key[at.KEY_B + i]) return false
  }
  return true
}
