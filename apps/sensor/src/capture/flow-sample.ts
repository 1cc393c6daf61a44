import { Family, type Packet } from '../decode/packet.ts'

/**
 * A number from the ends of a flow, the same in both directions and in every sensor, so that a sample holds whole
 * conversations. Only the last four octets of an address count: they differ most.
 */
export function sampleHash(packet: Packet): number {
  const { family, bytes, sourceAddress, destinationAddress, sourcePort, destinationPort, protocol } = packet
  let sum = sourcePort + destinationPort + protocol
  if (family !== Family.NONE) {
    const last = family === Family.IPV4 ? 0 : 12
    for (let i = last; i < last + 4; i++) {
      sum = (Math.imul(sum, 31) + bytes[sourceAddress + i] + bytes[destinationAddress + i]) | 0
    }
  }
  const mixed = Math.imul(sum ^ (sum >>> 15), 0x2c1b3c6d)
  return (mixed ^ (mixed >>> 12)) >>> 0
}
