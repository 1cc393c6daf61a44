import { hasAnyText, hasText, readLine } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'

const GREETINGS = ['* OK ', '* PREAUTH ', '* BYE ']
const COMMAND = /^[A-Za-z0-9.]{1,12} (CAPABILITY|LOGIN|AUTHENTICATE|STARTTLS|ID|NOOP|SELECT)\b/i

/** IMAP (RFC 9051 section 7.1): the server greets with an untagged response; on port 143 a tagged command will do. */
export const imap: Recogniser = {
  name: 'imap',
  transport: 'tcp',
  ports: [143],
  firstOctets: [0x2a],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    if (facts.get('imap.starttls') && startsTls(head)) return upgradeToTls(head, facts)
    if (hasAnyText(bytes, start, end, GREETINGS)) {
      facts.set('imap.server.greeting', readLine(bytes, start + 2, end))
      return Verdict.YES
    }
    const command = head.forward && bytes[start] !== 0x2a ? COMMAND.exec(readLine(bytes, start, end)) : null
    if (!command) return facts.fields ? Verdict.YES : Verdict.NO
    if (!facts.fields && head.destinationPort !== 143) return Verdict.NO
    facts.set('imap.command', command[1].toUpperCase())
    if (command[1].toUpperCase() === 'STARTTLS') facts.set('imap.starttls', 'true')
    else if (hasText(bytes, start + command[0].length, end, ' ')) facts.isComplete = true
    return Verdict.YES
  },
}
