import { hasText, readLine, readText, readUint16LE, readUint32LE } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { addNtlm } from './ntlm.ts'

const SESSION_REQUEST = 0x81
const POSITIVE_RESPONSE = 0x82
const NEGOTIATE_1 = 0x72
const NEGOTIATE = 0
const SESSION_SETUP = 1
const TREE_CONNECT = 3
const SMB1 = 0xff
const SMB2 = 0xfe
const DIALECTS: Record<number, string> = {
  0x0202: '2.02',
  0x0210: '2.10',
  0x0300: '3.00',
  0x0302: '3.02',
  0x0311: '3.11',
}

/**
 * SMB over TCP (MS-SMB2 section 2.1, MS-CIFS): a zero octet and a length 3, then 0xFF (SMB 1), 0xFE (2 and 3), 0xFD (encrypted)
 * or 0xFC (compressed) and "SMB". On port 139 a NetBIOS session request comes first (RFC 1002 section 4.3.2).
 */
export const smb: Recogniser = {
  name: 'smb',
  transport: 'tcp',
  ports: [139, 445],
  firstOctets: [0],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    const isSession = bytes[start] === SESSION_REQUEST || bytes[start] === POSITIVE_RESPONSE
    if (isSession && bytes[start + 1] === 0 && (head.destinationPort === 139 || head.sourcePort === 139)) {
      return bytes[start] === POSITIVE_RESPONSE || end - start === 72 ? Verdict.YES : Verdict.NO
    }
    if (end - start < 9 || bytes[start] !== 0 || bytes[start + 4] < 0xfc || !hasText(bytes, start + 5, end, 'SMB'))
      return facts.fields ? Verdict.YES : Verdict.NO
    if (bytes[start + 4] === SMB1) readSmb1(head, facts)
    else if (bytes[start + 4] === SMB2 && end - start >= 68) readSmb2(head, facts)
    return Verdict.YES
  },
}

/** Header 32 octets: command at 4. Dialects of the request are texts after octet 2, the response chooses by number. */
function readSmb1({ bytes, start, end, forward }: Head, facts: FlowFacts): void {
  facts.set('smb.version', '1')
  if (bytes[start + 8] !== NEGOTIATE_1) return
  if (forward) {
    const texts = readText(bytes, start + 4 + 35, end).split('?')
    facts.set('smb.dialects', texts.filter((text) => /^[\w .+-]{4,}$/.test(text)).join(','))
  } else if (start + 39 <= end)
    facts.set('smb.dialect', facts.get('smb.dialects').split(',')[readUint16LE(bytes, start + 4 + 33)] ?? '')
}

/** Header 64 octets: command at 12, flags at 16 (bit 0 is a response); the dialect chosen is at 4 of the negotiate response. */
function readSmb2({ bytes, start, end }: Head, facts: FlowFacts): void {
  const header = start + 4
  const command = readUint16LE(bytes, header + 12)
  const isResponse = (readUint32LE(bytes, header + 16) & 1) !== 0
  facts.set('smb.version', '2')
  if (command === NEGOTIATE && isResponse && header + 70 <= end)
    facts.set('smb.dialect', DIALECTS[readUint16LE(bytes, header + 68)] ?? '')
  if (command === SESSION_SETUP && !isResponse) addNtlm(bytes, header + 64, end, facts)
  if (command === TREE_CONNECT && !isResponse && header + 72 <= end) {
    const from = header + readUint16LE(bytes, header + 68)
    const length = readUint16LE(bytes, header + 70)
    if (from + length <= end) facts.set('smb.share', readLine(withoutZeros(bytes, from, length), 0, length / 2))
    facts.isComplete = true
  }
}

function withoutZeros(bytes: Uint8Array, from: number, length: number): Uint8Array {
  return bytes.subarray(from, from + length).filter((_, i) => i % 2 === 0)
}
