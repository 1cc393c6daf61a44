import { DecodeStatus } from './decode-status.ts'
import { FragmentedPacket, Joined } from './fragmented-packet.ts'
import { decodeIpv4 } from './ipv4.ts'
import { decodeIpv6 } from './ipv6.ts'
import { Family, Packet } from './packet.ts'

/** Packets that are put together at a time, 16 KiB each. */
const MAX_PACKETS = 64
/** A receiver waits that long for the rest (RFC 8200 section 4.5). */
const LIFETIME_US = 60_000_000
const KEY_WORDS = 10

/** What became of fragmented packets. */
export interface FragmentCounts {
  /** Put together and shown to recognisers. */
  joined: number
  /** Given up because their fragments overlap or contradict one another. */
  hostile: number
  /** Given up because others needed the room. */
  displaced: number
  /** Whose fragments did not all come in time. */
  expired: number
}

/**
 * Puts the payload of fragmented packets together, for recognisers alone: flows and counters are those of the packets on the wire. The
 * policy for overlaps is that of RFC 5722 for both versions of IP: the packet is given up, but an exact copy does no harm. Bounded: the
 * packet begun longest ago makes room.
 */
export class Reassembly {
  readonly counts: FragmentCounts = { joined: 0, hostile: 0, displaced: 0, expired: 0 }
  readonly #packets: FragmentedPacket[] = []
  readonly #key = new Int32Array(KEY_WORDS)
  readonly #whole = new Packet()

  /**
   * Takes a fragment. The whole packet when this completes it; the first fragment itself when the capture cut it, as no more can be
   * known; undefined otherwise. The result is reused.
   */
  add(packet: Packet): Packet | undefined {
    this.#setKey(packet)
    const joining = this.#find(packet.timeUs) ?? this.#start(packet.timeUs)
    if (joining.isOver) return undefined
    const joined = joining.add(packet)
    if (joined === Joined.WAITS) return undefined
    joining.isOver = true
    if (joined === Joined.HOSTILE) this.counts.hostile++
    if (joined === Joined.CUT) return packet.laterFragment ? undefined : packet
    return joined === Joined.WHOLE ? this.#decode(joining, packet) : undefined
  }

  #decode(joining: FragmentedPacket, packet: Packet): Packet | undefined {
    const whole = this.#whole
    const { start, length } = joining.finish(packet.family)
    whole.setBytes(joining.bytes)
    whole.timeUs = packet.timeUs
    whole.frameLength = length
    whole.wireEnd = start + length
    const decode = packet.family === Family.IPV4 ? decodeIpv4 : decodeIpv6
    if (decode(joining.bytes, start, start + length, whole) !== DecodeStatus.OK) return undefined
    this.counts.joined++
    return whole
  }

  #find(nowUs: number): FragmentedPacket | undefined {
    const found = this.#held()
    if (!found || Math.abs(nowUs - found.startedUs) <= LIFETIME_US) return found
    if (!found.isOver) this.counts.expired++
    found.start(this.#key, nowUs)
    return found
  }

  #held(): FragmentedPacket | undefined {
    const packets = this.#packets
    for (let i = 0; i < packets.length; i++) if (packets[i].isOf(this.#key)) return packets[i]
    return undefined
  }

  #start(nowUs: number): FragmentedPacket {
    let chosen: FragmentedPacket | undefined
    if (this.#packets.length < MAX_PACKETS) {
      chosen = new FragmentedPacket()
      this.#packets.push(chosen)
    } else {
      chosen = this.#packets.reduce((one, other) => (other.startedUs < one.startedUs ? other : one))
      if (!chosen.isOver) this.counts[nowUs - chosen.startedUs > LIFETIME_US ? 'expired' : 'displaced']++
    }
    chosen.start(this.#key, nowUs)
    return chosen
  }

  /** Source, destination, identification, and for IPv4 the protocol (RFC 791 section 3.2, RFC 8200 section 4.5). */
  #setKey({ view, family, sourceAddress, fragmentId, fragmentProtocol }: Packet): void {
    const key = this.#key
    const words = family === Family.IPV4 ? 2 : 8
    key.fill(0)
    for (let i = 0; i < words; i++) key[i] = view.getInt32(sourceAddress + 4 * i)
    key[8] = fragmentId
    key[9] = family === Family.IPV4 ? fragmentProtocol : -1
  }
}
