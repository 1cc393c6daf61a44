import { hasAnyText, hasText, readLine } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'

const MAIL_PORTS = [25, 587, 2525, 465]
const HELLOS = ['EHLO ', 'HELO ', 'ehlo ', 'helo ', 'LHLO ', 'Ehlo ', 'Helo ']
const GREETINGS = ['220 ', '220-', '554 ']

/**
 * SMTP (RFC 5321): the server greets with 220, the client with EHLO or HELO. FTP greets with 220 too: the port or the word
 * tells. After STARTTLS (RFC 3207) the hello of TLS is read as well.
 */
export const smtp: Recogniser = {
  name: 'smtp',
  transport: 'tcp',
  ports: MAIL_PORTS,
  firstOctets: [0x32, 0x35, 0x45, 0x48, 0x4c, 0x65, 0x68],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    if (facts.get('smtp.starttls') && startsTls(head)) return upgradeToTls(head, facts)
    if (hasAnyText(bytes, start, end, HELLOS)) {
      facts.set('smtp.client.name', readLine(bytes, start + 5, end))
      return Verdict.YES
    }
    if (facts.fields) return readCommand(head, facts)
    if (!hasAnyText(bytes, start, end, GREETINGS)) return Verdict.NO
    const greeting = readLine(bytes, start + 4, end)
    if (!MAIL_PORTS.includes(head.destinationPort) && !/smtp/i.test(greeting)) return Verdict.NO
    facts.set('smtp.server.greeting', greeting)
    return Verdict.YES
  },
}

function readCommand({ bytes, start, end, forward }: Head, facts: FlowFacts): Verdict {
  if (!forward) return Verdict.YES
  if (hasText(bytes, start, end, 'STARTTLS')) facts.set('smtp.starttls', 'true')
  if (hasAnyText(bytes, start, end, ['DATA\r', 'BDAT '])) facts.isComplete = true
  return Verdict.YES
}
