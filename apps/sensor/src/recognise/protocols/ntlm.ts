import { hasText, readText, readUint16LE, readUint32LE, readUtf16 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'

const AUTHENTICATE = 3
const UNICODE = 1

/**
 * Adds who signs in by NTLM (MS-NLMP section 2.2.1.3), wherever its message lies within the octets: "NTLMSSP" 0, type 4, and
 * in an AUTHENTICATE message length 2, maximum 2, offset 4 of domain at 28, user at 36, workstation at 44; flags at 60.
 */
export function addNtlm(bytes: Uint8Array, start: number, end: number, facts: FlowFacts): void {
  for (let at = start; at + 64 <= end; at++) {
    if (bytes[at] !== 0x4e || !hasText(bytes, at, end, 'NTLMSSP\0')) continue
    if (readUint32LE(bytes, at + 8) !== AUTHENTICATE) return
    const isUnicode = (readUint32LE(bytes, at + 60) & UNICODE) !== 0
    const read = (field: number): string => {
      const from = at + readUint32LE(bytes, at + field + 4)
      const to = from + readUint16LE(bytes, at + field)
      if (to > end) return ''
      return isUnicode ? readUtf16(bytes, from, to) : readText(bytes, from, to)
    }
    facts.set('ntlm.domain', read(28))
    facts.set('user.name', read(36))
    facts.set('ntlm.host', read(44))
    return
  }
}
