import { type Packet, TcpFlag } from '../decode/packet.ts'
import { StreamHead } from './stream-head.ts'

/** Heads held at a time, 16 KiB each at most, and those kept for reuse. */
const MAX_HEADS = 1_024
const MAX_SPARE = 64

/** The stream heads that are being put together: at most two a flow, bounded over all flows. */
export class StreamHeads {
  /** Times a head was wanted and none was free. */
  refused = 0
  readonly #heads = new Map<number, StreamHead>()
  readonly #spare: StreamHead[] = []

  /** Adds the packet to the head of its direction; undefined where there is none. */
  add(slot: number, forward: boolean, packet: Packet): StreamHead | undefined {
    if (this.#heads.size === 0) return undefined
    const stream = this.#heads.get(keyOf(slot, forward))
    if (stream) stream.add(payloadSequence(packet), packet.bytes, packet.payload, packet.payloadEnd)
    return stream
  }

  /** After the recognisers' answer: a head goes on, or starts, where more is wanted, and goes where not. */
  keep(slot: number, forward: boolean, packet: Packet, isMoreWanted: boolean): void {
    if (!isMoreWanted && this.#heads.size === 0) return
    const key = keyOf(slot, forward)
    const stream = this.#heads.get(key)
    if (!isMoreWanted || stream?.isFull) this.#remove(key, stream)
    else if (!stream) this.#start(key, packet)
  }

  /** What is held of one direction. */
  get(slot: number, forward: boolean): StreamHead | undefined {
    return this.#heads.size === 0 ? undefined : this.#heads.get(keyOf(slot, forward))
  }

  drop(slot: number): void {
    if (this.#heads.size === 0) return
    for (const forward of [true, false]) {
      const key = keyOf(slot, forward)
      this.#remove(key, this.#heads.get(key))
    }
  }

  #start(key: number, packet: Packet): void {
    if (this.#heads.size >= MAX_HEADS) {
      this.refused++
      return
    }
    const stream = this.#spare.pop() ?? new StreamHead()
    stream.start(payloadSequence(packet))
    stream.add(payloadSequence(packet), packet.bytes, packet.payload, packet.payloadEnd)
    this.#heads.set(key, stream)
  }

  #remove(key: number, stream: StreamHead | undefined): void {
    if (!stream) return
    this.#heads.delete(key)
    if (this.#spare.length < MAX_SPARE) this.#spare.push(stream)
  }
}

function keyOf(slot: number, forward: boolean): number {
  return slot * 2 + (forward ? 0 : 1)
}

/** Sequence number of the first octet of payload: a SYN, which may carry data (RFC 7413), takes one for itself. */
function payloadSequence({ tcpSequence, tcpFlags }: Packet): number {
  return (tcpSequence + ((tcpFlags & TcpFlag.SYN) !== 0 ? 1 : 0)) | 0
}
