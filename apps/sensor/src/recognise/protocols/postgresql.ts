import { readText, readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'

const PROTOCOL_3 = 0x0003_0000
const PROTOCOL_3_2 = 0x0003_0002
const SSL_REQUEST = 80_877_103
const GSS_REQUEST = 80_877_104
const CANCEL_REQUEST = 80_877_102
const MAX_STARTUP = 10_000

/** PostgreSQL (protocol 3, "Message Formats"): a start-up message of length 4, version or request code 4, then names and values. */
export const postgresql: Recogniser = {
  name: 'postgresql',
  transport: 'tcp',
  ports: [5432],
  firstOctets: [0],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end, forward } = head
    if (facts.fields && startsTls(head)) return upgradeToTls(head, facts)
    if (!forward || end - start < 8 || bytes[start] !== 0) return facts.fields ? Verdict.YES : Verdict.NO
    const length = readUint32(bytes, start)
    const code = readUint32(bytes, start + 4)
    const isRequest = (code === SSL_REQUEST || code === GSS_REQUEST) && length === 8
    const isCancel = code === CANCEL_REQUEST && length === 16
    const isStartup = (code === PROTOCOL_3 || code === PROTOCOL_3_2) && length > 8 && length < MAX_STARTUP
    if (!isRequest && !isCancel && !isStartup) return facts.fields ? Verdict.YES : Verdict.NO
    if (isStartup) readParameters(readText(bytes, start + 8, Math.min(end, start + length)).split('?'), facts)
    facts.set('postgresql.message', isStartup ? 'startup' : isCancel ? 'cancel' : 'encryption-request')
    facts.isComplete = !isRequest
    return Verdict.YES
  },
}

/** Names and values ended by 0 each; "user" and "database" alone are kept. */
function readParameters(texts: string[], facts: FlowFacts): void {
  for (let i = 0; i + 1 < texts.length; i += 2) {
    if (texts[i] === 'user') facts.set('user.name', texts[i + 1])
    if (texts[i] === 'database') facts.set('postgresql.database', texts[i + 1])
  }
}
