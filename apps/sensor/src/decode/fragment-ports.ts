import { Family, type Packet } from './packet.ts'

const ENTRIES = 4096
const MASK = ENTRIES - 1
/** RFC 791 and RFC 8200 let a receiver wait this long for the rest of a packet. */
const LIFETIME_US = 60_000_000

/**
 * Remembers the ports of first fragments, so that the later ones count in the same flow. Direct-mapped: a newer packet
 * takes the place of an older one; a later fragment whose first was not seen, or was displaced, keeps ports 0.
 */
export class FragmentPorts {
  readonly #checks = new Uint32Array(ENTRIES)
  readonly #ports = new Uint32Array(ENTRIES)
  readonly #times = new Float64Array(ENTRIES)

  resolve(packet: Packet): void {
    const { bytes } = packet
    const octets = packet.family === Family.IPV6 ? 32 : 8
    let hash = packet.fragmentId ^ (packet.protocol << 24)
    let check = packet.fragmentId
    for (let i = 0; i < octets; i++) {
      const octet = bytes[packet.sourceAddress + i]
      hash = Math.imul(hash ^ octet, 0x01000193)
      check = Math.imul(check, 31) + octet
    }
    const entry = (hash ^ (hash >>> 16)) & MASK
    if (!packet.laterFragment) {
      this.#checks[entry] = check
      this.#ports[entry] = (packet.sourcePort << 16) | packet.destinationPort
      this.#times[entry] = packet.timeUs
    } else if (this.#checks[entry] === check >>> 0 && Math.abs(packet.timeUs - this.#times[entry]) <= LIFETIME_US) {
      packet.sourcePort = this.#ports[entry] >>> 16
      packet.destinationPort = this.#ports[entry] & 0xffff
    }
  }
}
