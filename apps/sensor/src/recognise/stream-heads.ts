import { type Packet, TcpFlag } from '../decode/packet.ts'
import { StreamHead } from './stream-head.ts'

/** Heads held at a time, 16 KiB each at most, and those kept for reuse. */
const MAX_HEADS = 1_024
const MAX_SPARE = 64
const INITIAL_SLOTS = 1_024

/** The stream heads that are being put together: at most two a flow, bounded over all flows. */
export class StreamHeads {
  /** Times a head was wanted and none was free. */
  refused = 0
  /** Number of a head plus 1, two a slot, forward and reverse; 0 without one. */
  #numbers = new Uint16Array(2 * INITIAL_SLOTS)
  readonly #heads: (StreamHead | undefined)[] = []
  readonly #free: number[] = []
  #held = 0
  #spare = 0

  /** Adds the packet to the head of its direction; undefined where there is none. */
  add(slot: number, forward: boolean, packet: Packet): StreamHead | undefined {
    const stream = this.get(slot, forward)
    if (stream) stream.add(payloadSequence(packet), packet.bytes, packet.payload, packet.payloadEnd)
    return stream
  }

  /** After the recognisers' answer: a head goes on, or starts, where more is wanted, and goes where not. */
  keep(slot: number, forward: boolean, packet: Packet, isMoreWanted: boolean): void {
    if (!isMoreWanted && this.#held === 0) return
    const place = placeOf(slot, forward)
    const stream = this.get(slot, forward)
    if (stream) {
      if (!isMoreWanted || stream.isFull) this.#remove(place, stream)
    } else if (isMoreWanted) this.#start(place, packet)
  }

  /** What is held of one direction. */
  get(slot: number, forward: boolean): StreamHead | undefined {
    const place = placeOf(slot, forward)
    if (this.#held === 0 || place >= this.#numbers.length) return undefined
    const number = this.#numbers[place]
    return number === 0 ? undefined : this.#heads[number - 1]
  }

  drop(slot: number): void {
    const forward = this.get(slot, true)
    if (forward) this.#remove(placeOf(slot, true), forward)
    const reverse = this.get(slot, false)
    if (reverse) this.#remove(placeOf(slot, false), reverse)
  }

  #start(place: number, packet: Packet): void {
    if (this.#held >= MAX_HEADS) {
      this.refused++
      return
    }
    if (place >= this.#numbers.length) this.#grow(place)
    const number = this.#free.pop() ?? this.#heads.length
    const spare = this.#heads[number]
    if (spare) this.#spare--
    const stream = spare ?? new StreamHead()
    this.#heads[number] = stream
    this.#numbers[place] = number + 1
    this.#held++
    stream.start(payloadSequence(packet))
    stream.add(payloadSequence(packet), packet.bytes, packet.payload, packet.payloadEnd)
  }

  #remove(place: number, stream: StreamHead): void {
    const number = this.#numbers[place] - 1
    this.#numbers[place] = 0
    this.#held--
    this.#free.push(number)
    const isKept = this.#spare < MAX_SPARE
    this.#heads[number] = isKept ? stream : undefined
    if (isKept) this.#spare++
  }

  #grow(place: number): void {
    const numbers = new Uint16Array(2 ** Math.ceil(Math.log2(place + 1)))
    numbers.set(this.#numbers)
    this.#numbers = numbers
  }
}

function placeOf(slot: number, forward: boolean): number {
  return slot * 2 + (forward ? 0 : 1)
}

/** Sequence number of the first octet of payload: a SYN, which may carry data (RFC 7413), takes one for itself. */
function payloadSequence({ tcpSequence, tcpFlags }: Packet): number {
  return (tcpSequence + ((tcpFlags & TcpFlag.SYN) !== 0 ? 1 : 0)) | 0
}
