import { isPrintable, readUint32 } from '../byte-text.ts'
import { usesPort } from '../recogniser.ts'
import { message } from './message.ts'

const PORTS = [8801, 8802, 3479]

/**
 * Zoom media to its servers on port 8801 (Michel et al., "Enabling Passive Measurement of Zoom Performance in Production Networks",
 * IMC 2022, section 4): an encapsulation of 8 octets, type 5 for media (1 to 7 on the first octet), then the media's own header.
 */
export const zoom = message({ name: 'zoom', ports: PORTS, onlyOnPorts: true, confidence: 0.8 }, (head) => {
  const { bytes, start, end } = head
  if (!usesPort(head, 8801) || end - start < 24) return false
  const type = bytes[start]
  return type === 5 || (type >= 1 && type <= 7 && bytes[start + 8] <= 0x22)
})

const PEER_MAGIC = 0x1f02_0100
const ADDRESS_AT = 28
const LONGEST_ADDRESS = 39

/** Zoom between two participants: 1F 02 01 00, then fields, one of them the own address as text with its length 4 before it. */
export const zoomPeer = message({ name: 'zoom', firstOctets: [0x1f], confidence: 0.95 }, ({ bytes, start, end }) => {
  if (end - start < ADDRESS_AT + 7 || readUint32(bytes, start) !== PEER_MAGIC) return false
  const length = readUint32(bytes, start + ADDRESS_AT - 4)
  return (
    length >= 7 &&
    length <= LONGEST_ADDRESS &&
    isPrintable(bytes, start + ADDRESS_AT, Math.min(end, start + ADDRESS_AT + length))
  )
})
