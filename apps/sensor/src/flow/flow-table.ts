import { EndReason } from '@picket/proto/flow'
import type { FrameBatch } from '../capture/frame-batch.ts'
import { type Packet, Protocol } from '../decode/packet.ts'
import { reopens, trackConnection } from './connection.ts'
import { countPacket } from './count-packet.ts'
import { addToDirection } from './direction-statistics.ts'
import { Eviction } from './eviction.ts'
import { FlowKey, KEY_REST } from './flow-key.ts'
import { CHUNK_SHIFT, FlowRecords } from './flow-records.ts'
import { HashIndex } from './hash-index.ts'
import * as layout from './layout.ts'
import { addToSeries } from './payload-series.ts'
import { ReadAhead } from './read-ahead.ts'
import { continueRecord, startRecord } from './record-start.ts'
import { timeRoundTrip } from './round-trip.ts'
import { addTcp } from './tcp-statistics.ts'
import { TunnelContexts } from './tunnel-contexts.ts'

const { CLOSED_F64, FORWARD, FORWARD_RARE, HASH, INSPECTED, KEY_A, KEY_A_REST, KEY_B, KEY_KIND, KEY_META } = layout
const {
  KEY_PORTS,
  KEY_TUNNEL,
  LAST_F64,
  OFFSETS,
  OUTER,
  RECORD_F64,
  RECORD_WORDS,
  REVERSE,
  REVERSE_RARE,
  SAMPLED,
  SOURCE_IS_B,
  START_F64,
  STATE,
} = layout
const { TCP } = Protocol
const { ACTIVE, END_OF_FLOW, FORCED, IDLE, LACK_OF_RESOURCES, UNSPECIFIED } = EndReason

/** A closed flow is kept this long for the last acknowledgements of its teardown. */
const LINGER_US = 1_000_000
const CHUNK = 1 << CHUNK_SHIFT
/** Between looks for flows to end, in packet time. A look reads the deadlines of chunks, and of slots where one has come. */
const SWEEP_EVERY_US = 250_000
/** Flows ended by one look at most, so that no packet waits for a burst of expiries. */
const SWEEP_BUDGET = 2_048
/** A capture whose clock steps back further than this is taken to have been set, not to be out of order. */
const CLOCK_STEP_US = 10_000_000

/** Looks at payloads of a flow. Returns whether it wants to see more of this flow. */
export interface FlowInspector {
  inspect(slot: number, packet: Packet, forward: boolean): boolean
}

export interface FlowTableOptions {
  idleTimeoutUs: number
  activeTimeoutUs: number
  /** Most flows at a time; at most MAX_RECORDS. */
  maxFlows: number
  inspector: FlowInspector
  /** Called when a record ends, before its slot is cleared. `continues` when the conversation goes on in the slot. */
  onEnd(slot: number, reason: EndReason, continues: boolean): void
}

/**
 * Bidirectional flows on typed arrays. Packet time is the clock: what is exported depends on the packets alone, only
 * when it is exported depends on `advance`. Bounded by maxFlows; when full, the least valuable flow of a few is ended
 * early and counted in `evictions`.
 */
export class FlowTable {
  readonly records: FlowRecords
  readonly tunnels = new TunnelContexts()
  options: FlowTableOptions
  active = 0
  started = 0
  evictions = 0
  /** From now on packets are counted, and nothing else is kept of them. */
  isCounting = false
  /** Whether the flows that begin from now on are a sample of those there are. */
  isSampling = false
  /** Latest packet time. */
  clockUs = 0
  readonly #index: HashIndex
  readonly #readAhead: ReadAhead
  readonly #eviction: Eviction
  readonly #key = new FlowKey()
  #nextSweepUs = 0
  #sweepChunk = 0
  #endSlot = 0

  constructor(options: FlowTableOptions) {
    this.options = options
    this.records = new FlowRecords(options.maxFlows)
    this.#index = new HashIndex(this.records)
    this.#readAhead = new ReadAhead(this.records, this.#index)
    this.#eviction = new Eviction(this.records)
  }

  /** Octets of memory that the flows so far have touched. */
  get octets(): number {
    return this.records.highWater * (RECORD_WORDS * 4 + 8) + this.#index.octets
  }

  /** Called with the frames whose packets come next, by who knows them. Changes nothing but the time that `update` takes. */
  expect(frames: FrameBatch): void {
    this.#readAhead.read(frames)
  }

  update(packet: Packet): void {
    this.advance(packet.timeUs)
    this.#key.set(packet)
    let slot = this.#find()
    if (slot >= 0) {
      const reason = this.#endedBefore(slot, packet)
      if (reason === ACTIVE) this.#continue(slot, packet)
      else if (reason !== UNSPECIFIED) {
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
    for (let slot = 0; slot < highWater; slot++) if (deadlines[slot] !== Infinity) this.records.setDeadline(slot, 0)
  }

  /** Ends up to `budget` of the flows that are left, as the capture is over; returns whether any remain. */
  endSome(budget: number): boolean {
    const { deadlines, highWater } = this.records
    let left = budget
    let slot = this.#endSlot
    for (; slot < highWater && left > 0; slot++) {
      if (deadlines[slot] === Infinity) continue
      const due = this.#dueReason(slot, this.clockUs)
      this.#end(slot, due === UNSPECIFIED ? FORCED : due)
      left--
    }
    this.#endSlot = slot < highWater ? slot : 0
    return this.active > 0
  }

  #find(): number {
    const { words, hash, isWide } = this.#key
    const stored = this.records.words
    for (let position = this.#index.find(hash, hash); position >= 0;) {
      const slot = this.#index.slotAt(position)
      if (isSameKey(stored, slot * RECORD_WORDS, words, isWide)) return slot
      position = this.#index.find(hash, position + 1)
    }
    return -1
  }

  /** Why the record in the slot was over before this packet came; UNSPECIFIED when the packet belongs to it. */
  #endedBefore(slot: number, packet: Packet): EndReason {
    const { doubles } = this.records
    const { idleTimeoutUs, activeTimeoutUs } = this.options
    const f = ((slot * RECORD_WORDS) & OFFSETS) >> 1
    const { timeUs } = packet
    const isQuiet = timeUs - doubles[f + LAST_F64] > idleTimeoutUs
    if (!isQuiet && doubles[f + CLOSED_F64] === 0) {
      return timeUs - doubles[f + START_F64] >= activeTimeoutUs ? ACTIVE : UNSPECIFIED
    }
    const due = this.#dueReason(slot, packet.timeUs)
    if (due !== UNSPECIFIED) return due
    if (reopens(this.records, slot, packet)) return END_OF_FLOW
    const startUs = this.records.doubles[slot * RECORD_F64 + START_F64]
    return packet.timeUs - startUs >= this.options.activeTimeoutUs ? ACTIVE : UNSPECIFIED
  }

  #dueReason(slot: number, nowUs: number): EndReason {
    const f = slot * RECORD_F64
    const { doubles } = this.records
    const closed = doubles[f + CLOSED_F64]
    if (closed > 0 && nowUs - closed > LINGER_US) return END_OF_FLOW
    if (nowUs - doubles[f + LAST_F64] > this.options.idleTimeoutUs) return IDLE
    return UNSPECIFIED
  }

  #start(packet: Packet): number {
    const { records } = this
    let slot = this.active < this.options.maxFlows ? records.allocate() : -1
    if (slot < 0) {
      this.evictions++
      this.#end(this.#eviction.choose(), LACK_OF_RESOURCES)
      slot = records.allocate()
    }
    const key = this.#key
    startRecord(records, slot, key, packet)
    if (this.isSampling) records.words[slot * RECORD_WORDS + STATE] |= SAMPLED
    if (packet.tunnel !== 0) {
      const w = slot * RECORD_WORDS
      const sourceIsB = (records.words[w + STATE] & SOURCE_IS_B) !== 0
      records.words[w + OUTER] = this.tunnels.acquire(packet, key.fromB !== sourceIsB)
    }
    records.setDeadline(slot, packet.timeUs + this.options.idleTimeoutUs)
    this.#index.insert(key.hash, slot)
    this.active++
    this.started++
    return slot
  }

  #add(slot: number, packet: Packet): void {
    const { records } = this
    const { words, doubles } = records
    const w = (slot * RECORD_WORDS) & OFFSETS
    const f = w >> 1
    const forward = this.#key.fromB === ((words[w + STATE] & SOURCE_IS_B) !== 0)
    const at = w + (forward ? FORWARD : REVERSE)
    const { timeUs } = packet
    const sinceLast = timeUs - doubles[f + LAST_F64]
    if (this.isCounting) {
      countPacket(records, slot, at, packet)
      if (sinceLast > 0) doubles[f + LAST_F64] = timeUs
      const isTcp = packet.protocol === TCP && !packet.laterFragment
      if (isTcp && trackConnection(records, slot, packet, forward)) this.#dueBy(slot, timeUs + LINGER_US)
      return
    }
    if (packet.payloadLength > 0) {
      addToSeries(records, slot, packet, forward, sinceLast > 0 ? sinceLast : 0)
      if ((words[w + STATE] & INSPECTED) === 0 && packet.payloadEnd > packet.payload) {
        const shown = packet.laterFragment || packet.moreFragments ? packet.whole : packet
        if (shown !== undefined && !this.options.inspector.inspect(slot, shown, forward)) words[w + STATE] |= INSPECTED
      }
    }
    addToDirection(records, at, packet)
    if (sinceLast > 0) doubles[f + LAST_F64] = timeUs
    if (packet.protocol === TCP && !packet.laterFragment) {
      const isNew = addTcp(words, at, w + (forward ? FORWARD_RARE : REVERSE_RARE), packet)
      timeRoundTrip(records, slot, forward, packet, isNew)
      if (trackConnection(records, slot, packet, forward)) this.#dueBy(slot, timeUs + LINGER_US)
    }
  }

  #dueBy(slot: number, timeUs: number): void {
    if (timeUs < this.records.deadlines[slot]) this.records.setDeadline(slot, timeUs)
  }

  /** Ends the record by the active timeout and starts the next one of the same conversation in its slot. */
  #continue(slot: number, packet: Packet): void {
    this.options.onEnd(slot, ACTIVE, true)
    continueRecord(this.records, slot, packet.timeUs)
    this.started++
  }

  #end(slot: number, reason: EndReason): void {
    this.options.onEnd(slot, reason, false)
    const w = slot * RECORD_WORDS
    const { words } = this.records
    this.#index.remove(words[w + HASH], slot)
    if (words[w + OUTER] !== 0) this.tunnels.release(words[w + OUTER])
    this.records.release(slot)
    this.active--
  }

  /** Ends due flows, going on where the look before stopped if that ran out of budget. */
  #sweep(): void {
    const { records, clockUs } = this
    const { chunkDeadlines, highWater } = records
    const chunks = (highWater + CHUNK - 1) >> CHUNK_SHIFT
    let budget = SWEEP_BUDGET
    let chunk = this.#sweepChunk
    for (; chunk < chunks; chunk++) {
      if (chunkDeadlines[chunk] >= clockUs) continue
      budget = this.#sweepSlots(chunk << CHUNK_SHIFT, budget)
      if (budget < 0) break
    }
    const finished = chunk >= chunks
    this.#sweepChunk = finished ? 0 : chunk
    if (finished) this.#nextSweepUs = clockUs + SWEEP_EVERY_US
  }

  /** Ends those due of the chunk that starts with a slot; returns the budget left, below 0 where it did not last. */
  #sweepSlots(first: number, budget: number): number {
    const { records, clockUs } = this
    const { deadlines, highWater } = records
    const end = first + CHUNK < highWater ? first + CHUNK : highWater
    let left = budget
    let earliest = Infinity
    for (let slot = first; slot < end; slot++) {
      if (deadlines[slot] < clockUs) {
        const due = this.#dueReason(slot, clockUs)
        if (due === UNSPECIFIED) deadlines[slot] = this.#deadline(slot)
        else if (left-- === 0) return -1
        else this.#end(slot, due)
      }
      if (deadlines[slot] < earliest) earliest = deadlines[slot]
    }
    records.chunkDeadlines[first >> CHUNK_SHIFT] = earliest
    return left
  }

  #deadline(slot: number): number {
    const { doubles } = this.records
    const f = slot * RECORD_F64
    const idle = doubles[f + LAST_F64] + this.options.idleTimeoutUs
    const closed = doubles[f + CLOSED_F64]
    return closed > 0 && closed + LINGER_US < idle ? closed + LINGER_US : idle
  }
}

function isSameKey(stored: Int32Array, record: number, key: Int32Array, isWide: boolean): boolean {
  const w = record & OFFSETS
  if (
    stored[w + KEY_META] !== key[KEY_META] ||
    stored[w + KEY_PORTS] !== key[KEY_PORTS] ||
    stored[w + KEY_KIND] !== key[KEY_KIND] ||
    stored[w + KEY_TUNNEL] !== key[KEY_TUNNEL] ||
    stored[w + KEY_A] !== key[KEY_A] ||
    stored[w + KEY_B] !== key[KEY_B]
  ) {
    return false
  }
  if (!isWide) return true
  for (let i = 0; i < 6; i++) if (stored[w + KEY_A_REST + i] !== key[KEY_REST + i]) return false
  return true
}
