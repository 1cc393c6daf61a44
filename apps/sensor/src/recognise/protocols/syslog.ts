import { findOctet, isPrintable, readText } from '../byte-text.ts'
import { message } from './message.ts'

const LESS = 0x3c
const GREATER = 0x3e
const MAX_PRIORITY = 191
/** "Oct 11 22:14:15", or a time of RFC 3339 after the version or without one. */
const TIME = /^(1 | )?(\d{4}-\d\d-\d\dT\d\d:\d\d|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d)/

/** Syslog (RFC 5424 section 6, RFC 3164): "<priority>" of 0 to 191, then printable text. Over TCP on other ports the time must follow. */
export const syslog = message(
  { name: 'syslog', transport: 'both', ports: [514, 601], firstOctets: [LESS] },
  ({ bytes, start, end, isTcp, destinationPort }, facts) => {
    if (bytes[start] !== LESS || end - start < 8) return false
    const isPort = destinationPort === 514 || destinationPort === 601
    const close = findOctet(bytes, start, Math.min(end, start + 5), GREATER)
    if (close < start + 2) return false
    let priority = 0
    for (let at = start + 1; at < close; at++) {
      if (bytes[at] < 0x30 || bytes[at] > 0x39) return false
      priority = priority * 10 + bytes[at] - 0x30
    }
    if (isTcp && !isPort && !TIME.test(readText(bytes, close + 1, Math.min(end, close + 40)))) return false
    if (priority > MAX_PRIORITY || !isPrintable(bytes, close + 1, Math.min(end, close + 9))) return false
    facts.set('syslog.facility', priority >> 3)
    facts.set('syslog.severity', priority & 7)
    return true
  },
)
