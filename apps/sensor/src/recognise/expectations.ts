import { Family, type Packet } from '../decode/packet.ts'
import type { Recogniser } from './recogniser.ts'

const IPV6_OCTETS = 16
/** What was announced comes soon, in packet time, or not at all. */
const LIFETIME_US = 60_000_000

interface Expected {
  recogniser: Recogniser
  untilUs: number
}

/**
 * Endpoints that one conversation announced for another: the data channel of FTP, the media of SIP, the transfer of TFTP.
 * Bounded: the one announced longest ago makes room, counted.
 */
export class Expectations {
  /** Announcements that went unused because others took their place. */
  displaced = 0
  readonly #limit: number
  readonly #expected = new Map<number | string, Expected>()

  constructor(limit = 4_096) {
    this.#limit = limit
  }

  /** `address` is 4 or 16 octets, `nowUs` the time of the packet that announced it. */
  add(address: Uint8Array, port: number, recogniser: Recogniser, nowUs: number): void {
    const key = keyOf(address, 0, address.length, port)
    this.#expected.delete(key)
    if (this.#expected.size >= this.#limit) {
      this.#expected.delete(this.#expected.keys().next().value as number | string)
      this.displaced++
    }
    this.#expected.set(key, { recogniser, untilUs: nowUs + LIFETIME_US })
  }

  /** Who was announced for either end of the packet; an announcement is good for one flow. */
  take(packet: Packet): Recogniser | undefined {
    if (this.#expected.size === 0) return undefined
    const { bytes, sourceAddress, destinationAddress, sourcePort, destinationPort, family, timeUs } = packet
    const length = family === Family.IPV4 ? 4 : IPV6_OCTETS
    return (
      this.#take(keyOf(bytes, destinationAddress, length, destinationPort), timeUs) ??
      this.#take(keyOf(bytes, sourceAddress, length, sourcePort), timeUs)
    )
  }

  #take(key: number | string, timeUs: number): Recogniser | undefined {
    const expected = this.#expected.get(key)
    if (!expected) return undefined
    this.#expected.delete(key)
    return expected.untilUs >= timeUs ? expected.recogniser : undefined
  }
}

/** Addresses of the packet's ends, as copies. */
export function addressesOf(packet: Packet): { source: Uint8Array; destination: Uint8Array } {
  const { bytes, sourceAddress, destinationAddress, family } = packet
  const length = family === Family.IPV4 ? 4 : IPV6_OCTETS
  return {
    source: bytes.slice(sourceAddress, sourceAddress + length),
    destination: bytes.slice(destinationAddress, destinationAddress + length),
  }
}

/** 48 bits are exact in a number; an IPv6 address with its port is text. */
function keyOf(bytes: Uint8Array, offset: number, length: number, port: number): number | string {
  if (length === 4) {
    const high =
      ((bytes[offset] << 24) | (bytes[offset + 1] << 16) | (bytes[offset + 2] << 8) | bytes[offset + 3]) >>> 0
    return high * 65_536 + port
  }
  return `${Buffer.from(bytes.buffer, bytes.byteOffset + offset, length).toString('latin1')}${port}`
}
