import type { Packet } from '../../decode/packet.ts'
import { formatAddress, formatMac } from '../../flow/format-address.ts'
import { readUint16 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'

const ETHERNET_AND_IPV4 = 0x0604
const SENDER_MAC = 8
const SENDER_IP = 14
const TARGET_IP = 24
const LENGTH = 28
const REQUEST = 1
const REPLY = 2

/**
 * Who asks whom (RFC 826): hardware type 2, protocol type 2, address lengths 1 + 1, operation 2, sender's link address 6 and address 4,
 * the target's 6 and 4. An announcement of one's own address is gratuitous, a question without one's own a probe (RFC 5227).
 */
export function readArp({ bytes, payload, payloadEnd }: Packet, facts: FlowFacts): void {
  if (payload + LENGTH > payloadEnd || readUint16(bytes, payload + 4) !== ETHERNET_AND_IPV4) return
  const operation = readUint16(bytes, payload + 6)
  const sender = addressAt(bytes, payload + SENDER_IP)
  const target = addressAt(bytes, payload + TARGET_IP)
  const mac = formatMac(bytes.subarray(payload + SENDER_MAC, payload + SENDER_IP))
  if (sender === target) facts.set('arp.gratuitous', 'true')
  if (operation === REQUEST) {
    facts.append('arp.operation', 'request')
    if (sender === '0.0.0.0') facts.set('arp.probe', 'true')
    else facts.append('arp.sender.ip', sender)
    facts.append('arp.sender.mac', mac)
    facts.append('arp.target.ip', target)
  } else if (operation === REPLY) {
    facts.append('arp.operation', 'reply')
    facts.append('arp.answer.ip', sender)
    facts.append('arp.answer.mac', mac)
  }
}

function addressAt(bytes: Uint8Array, offset: number): string {
  return formatAddress(bytes.subarray(offset, offset + 4))
}
