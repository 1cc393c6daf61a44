import { hasText, readText } from './byte-text.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'

const MAIL_PORTS = new Set([25, 465, 587, 2525])
const FILE_PORT = 21

/** SMTP (RFC 5321): the server greets with 220, the client with EHLO or HELO. FTP greets with 220 too: the port tells. */
export const smtp: Recogniser = {
  name: 'smtp',
  transport: 'tcp',
  recognise({ bytes, start, end, destinationPort }: Head): Verdict {
    if (hasText(bytes, start, end, 'EHLO ') || hasText(bytes, start, end, 'HELO ')) return Verdict.YES
    if (!isGreeting(bytes, start, end)) return Verdict.NO
    if (MAIL_PORTS.has(destinationPort)) return Verdict.YES
    return /smtp/i.test(readText(bytes, start, Math.min(end, start + 200))) ? Verdict.YES : Verdict.NO
  },
}

/** FTP control (RFC 959): greeting 220, or the client's USER on its port. */
export const ftp: Recogniser = {
  name: 'ftp',
  transport: 'tcp',
  recognise({ bytes, start, end, destinationPort }: Head): Verdict {
    const isUser = hasText(bytes, start, end, 'USER ') || hasText(bytes, start, end, 'AUTH TLS')
    if (destinationPort === FILE_PORT && (isGreeting(bytes, start, end) || isUser)) return Verdict.YES
    const text = isGreeting(bytes, start, end) ? readText(bytes, start, Math.min(end, start + 200)) : ''
    return /\bftp/i.test(text) ? Verdict.YES : Verdict.NO
  },
}

function isGreeting(bytes: Uint8Array, start: number, end: number): boolean {
  return hasText(bytes, start, end, '220 ') || hasText(bytes, start, end, '220-')
}
