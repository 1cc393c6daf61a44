import { isIPv4 } from 'node:net'
import { Family, type Packet, Protocol } from '../decode/packet.ts'
import { parseAddress } from './parse-address.ts'

export interface ExcludedEndpoint {
  /** IPv4 or IPv6 address in text form. */
  address: string
  port: number
}

/** Tells the sensor's own uplink traffic, which is left out of capture: TCP to or from one of a few endpoints. */
export class Exclusion {
  readonly #endpoints: { address: Uint8Array; family: number; port: number }[] = []

  constructor(endpoints: readonly ExcludedEndpoint[] = []) {
    for (const { address, port } of endpoints) {
      const parsed = parseAddress(address)
      if (parsed) this.#endpoints.push({ address: parsed, family: isIPv4(address) ? Family.IPV4 : Family.IPV6, port })
    }
  }

  matches(packet: Packet): boolean {
    if (this.#endpoints.length === 0 || packet.protocol !== Protocol.TCP) return false
    for (const { address, family, port } of this.#endpoints) {
      if (family !== packet.family) continue
      if (packet.destinationPort === port && isAt(packet.bytes, packet.destinationAddress, address)) return true
      if (packet.sourcePort === port && isAt(packet.bytes, packet.sourceAddress, address)) return true
    }
    return false
  }
}

function isAt(bytes: Uint8Array, offset: number, address: Uint8Array): boolean {
  for (let i = 0; i < address.length; i++) if (bytes[offset + i] !== address[i]) return false
  return true
}
