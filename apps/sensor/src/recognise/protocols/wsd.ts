import { containsText, hasText } from '../byte-text.ts'
import { message } from './message.ts'

const SCAN = 512

/** WS-Discovery (OASIS WS-DD): a SOAP envelope in XML over UDP, to or from port 3702. */
export const wsd = message({ name: 'wsd', ports: [3702], onlyOnPorts: true }, ({ bytes, start, end }) => {
  if (!hasText(bytes, start, end, '<?xml') && bytes[start] !== 0x3c) return false
  return containsText(bytes, start, Math.min(end, start + SCAN), 'nvelope')
})
