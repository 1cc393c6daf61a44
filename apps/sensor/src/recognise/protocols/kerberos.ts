import { readUint32 } from '../byte-text.ts'
import { message } from './message.ts'

const SEQUENCE = 0x30
const NAMES: Record<number, string> = {
  0x6a: 'AS-REQ',
  0x6b: 'AS-REP',
  0x6c: 'TGS-REQ',
  0x6d: 'TGS-REP',
  0x6e: 'AP-REQ',
  0x6f: 'AP-REP',
  0x7e: 'KRB-ERROR',
}
const PVNO = 0xa1

/**
 * Kerberos (RFC 4120 section 5.4): an application tag 10 to 15 or 30, then a sequence whose first field is the version, 5 (in
 * requests it has tag [1], in replies [0]). Over TCP a length of 4 comes before (section 7.2.2).
 */
export const kerberos = message(
  { name: 'kerberos', transport: 'both', ports: [88, 464], onlyOnPorts: true },
  ({ bytes, start, end, isTcp }, facts) => {
    const at = isTcp ? start + 4 : start
    const name = NAMES[bytes[at]]
    if (end - at < 12 || !name || (isTcp && readUint32(bytes, start) > 1 << 20)) return false
    const body = afterHeader(bytes, at)
    if (bytes[body] !== SEQUENCE) return false
    const field = afterHeader(bytes, body)
    if ((bytes[field] !== PVNO && bytes[field] !== 0xa0) || bytes[field + 1] !== 3 || bytes[field + 4] !== 5)
      return false
    facts.set('kerberos.message', name)
    return true
  },
)

/** Offset of the content of the DER element at `at`. */
function afterHeader(bytes: Uint8Array, at: number): number {
  return at + 2 + (bytes[at + 1] >= 0x80 ? bytes[at + 1] & 0x7f : 0)
}
