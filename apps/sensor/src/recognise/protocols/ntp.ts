import { usesPort } from '../recogniser.ts'
import { message } from './message.ts'

/** NTP (RFC 5905 section 7.3): leap 2, version 3 (1 to 4), mode 3 (1 to 7); 48 octets, or a control message of 8 and more. */
export const ntp = message({ name: 'ntp', ports: [123], onlyOnPorts: true }, (head, facts) => {
  const { bytes, start, end } = head
  const version = (bytes[start] >> 3) & 7
  const mode = bytes[start] & 7
  if (!usesPort(head, 123) || version < 1 || version > 4 || mode === 0) return false
  if (end - start < (mode >= 6 ? 8 : 48)) return false
  facts.set('ntp.version', version)
  facts.set('ntp.mode', mode)
  return true
})
