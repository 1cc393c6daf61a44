import { hasText, readLine } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'

const COMMAND = /^(USER|CAPA|AUTH|APOP|STLS|QUIT|STAT|LIST|PASS)\b/i

/** POP3 (RFC 1939): the server greets with +OK; Redis answers so too, but speaks second and says nothing after it. */
export const pop3: Recogniser = {
  name: 'pop3',
  transport: 'tcp',
  ports: [110],
  firstOctets: [0x2b],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end, forward } = head
    if (facts.get('pop3.command') === 'STLS' && startsTls(head)) return upgradeToTls(head, facts)
    if (!forward && hasText(bytes, start, end, '+OK ') && end - start > 6) {
      facts.set('pop3.server.greeting', readLine(bytes, start + 4, end))
      return Verdict.YES
    }
    const command = forward ? COMMAND.exec(readLine(bytes, start, end)) : null
    if (!command || (!facts.fields && head.destinationPort !== 110)) return facts.fields ? Verdict.YES : Verdict.NO
    facts.set('pop3.command', command[1].toUpperCase())
    return Verdict.YES
  },
}
