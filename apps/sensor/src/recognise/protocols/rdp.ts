import { findOctet, hasText, readLine, readUint16, readUint16LE } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'

const CONNECTION_REQUEST = 0xe0
const CONNECTION_CONFIRM = 0xd0
const NEGOTIATION_REQUEST = 1
const NEGOTIATION_RESPONSE = 2

/**
 * RDP (MS-RDPBCGR section 2.2.1.1): TPKT 03 00 and length 2, X.224 connection request of 7 octets, a cookie line, then a
 * negotiation request (type 1, flags, length 8 0). TLS follows. ISO transport of other protocols has parameters C0 to C2 there.
 */
export const rdp: Recogniser = {
  name: 'rdp',
  transport: 'tcp',
  ports: [3389],
  firstOctets: [3],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    if (facts.fields && startsTls(head)) return upgradeToTls(head, facts)
    if (end - start < 11 || bytes[start] !== 3 || bytes[start + 1] !== 0) return facts.fields ? Verdict.YES : Verdict.NO
    if (readUint16(bytes, start + 2) !== end - start) return Verdict.NO
    const kind = bytes[start + 5]
    if (kind !== CONNECTION_REQUEST && kind !== CONNECTION_CONFIRM) return facts.fields ? Verdict.YES : Verdict.NO
    const at = afterCookie(head, facts)
    const expected = kind === CONNECTION_REQUEST ? NEGOTIATION_REQUEST : NEGOTIATION_RESPONSE
    const hasNegotiation = at + 8 <= end && bytes[at] === expected && readUint16LE(bytes, at + 2) === 8
    const isPort = head.destinationPort === 3389 || head.sourcePort === 3389
    if (!hasNegotiation && !(isPort && at === end) && !facts.fields) return Verdict.NO
    facts.set('rdp.message', kind === CONNECTION_REQUEST ? 'connection-request' : 'connection-confirm')
    return Verdict.YES
  },
}

/** "Cookie: mstshash=NAME", ended by a line end. */
function afterCookie({ bytes, start, end }: Head, facts: FlowFacts): number {
  if (!hasText(bytes, start + 11, end, 'Cookie: ')) return start + 11
  facts.set('rdp.cookie', readLine(bytes, start + 19, end))
  const lineEnd = findOctet(bytes, start + 11, end, 10)
  return lineEnd < 0 ? end : lineEnd + 1
}
