import { containsText, hasAnyText, readLine } from '../byte-text.ts'
import { addressesOf, type Expectations } from '../expectations.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { firstOf, type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { announcedRtp } from './rtp.ts'

const METHODS = [
  'INVITE ',
  'REGISTER ',
  'OPTIONS ',
  'ACK ',
  'BYE ',
  'CANCEL ',
  'SUBSCRIBE ',
  'NOTIFY ',
  'MESSAGE ',
  'INFO ',
]
const MORE_METHODS = ['PRACK ', 'UPDATE ', 'REFER ', 'PUBLISH ']
const ALL_METHODS = [...METHODS, ...MORE_METHODS]
const RESPONSE = ['SIP/2.0 ']
const MAX_MESSAGES = 24
const KEEP_ALIVE = /^(\r\n)+$|^\0+$|^hello$|^jaK\0?$/

/**
 * SIP (RFC 3261 section 7): a request line with a sip, sips or tel address, or a status line. Where a message describes a session
 * (RFC 8866), the media it announces are expected. Memory: messages.
 */
export function sip(expectations: Expectations): Recogniser {
  return {
    name: 'sip',
    transport: 'both',
    ports: [5060],
    firstOctets: firstOf([...ALL_METHODS, ...RESPONSE]),
    recognise(head: Head, facts: FlowFacts): Verdict {
      const { bytes, start, end, memory, memoryAt } = head
      if (facts.fields && ++memory[memoryAt] >= MAX_MESSAGES) facts.isComplete = true
      if (!isMessage(head)) return facts.fields || isKeepAlive(head) ? Verdict.YES : Verdict.NO
      const line = readLine(bytes, start, end)
      if (line.startsWith('SIP/2.0')) facts.set('sip.status', line.slice(8, 11))
      else {
        facts.set('sip.method', line.split(' ')[0])
        facts.set('sip.uri', line.split(' ')[1] ?? '')
      }
      if (containsText(bytes, start, Math.min(end, start + 4_096), '\nm=')) announce(head, expectations)
      return Verdict.YES
    },
  }
}

function isMessage({ bytes, start, end }: Head): boolean {
  if (hasAnyText(bytes, start, end, RESPONSE)) return true
  if (!hasAnyText(bytes, start, end, ALL_METHODS)) return false
  return /^[A-Z]+ (sips?|tel|im):/i.test(readLine(bytes, start, end))
}

/** Line ends, zeros or a word keep a mapping of addresses alive (RFC 5626 section 3.5.1); on the port only. */
function isKeepAlive({ bytes, start, end, destinationPort, sourcePort }: Head): boolean {
  if (destinationPort !== 5060 || sourcePort !== 5060 || end - start > 8) return false
  return KEEP_ALIVE.test(Buffer.from(bytes.subarray(start, end)).toString('latin1'))
}

/** "m=audio 49170 RTP/AVP 0": the sender listens there, and on the next port for RTCP. */
function announce({ bytes, start, end, packet }: Head, expectations: Expectations): void {
  const text = Buffer.from(bytes.subarray(start, Math.min(end, start + 4_096))).toString('latin1')
  const { source } = addressesOf(packet)
  const connection = /^c=IN IP4 (\d+)\.(\d+)\.(\d+)\.(\d+)/m.exec(text)
  const address = connection ? Uint8Array.from(connection.slice(1), Number) : source
  for (const match of text.matchAll(/^m=(?:audio|video) (\d+) RTP/gm)) {
    const port = Number(match[1])
    if (port > 0 && port < 65_536) expectations.add(address, port, announcedRtp, packet.timeUs)
  }
}
