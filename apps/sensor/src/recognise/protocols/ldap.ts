import { readText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'

const SEQUENCE = 0x30
const INTEGER = 2
const APPLICATION = 0x40
const BIND_REQUEST = 0x60
const EXTENDED_REQUEST = 0x77
const EXTENDED_RESPONSE = 0x78
const LAST_OPERATION = 25

/**
 * LDAP (RFC 4511 section 4.1.1), over UDP as CLDAP: a sequence that starts with a message id, then an operation of application
 * class 0 to 25. A bind request has version and name; after an extended request TLS may follow (section 4.14).
 */
export const ldap: Recogniser = {
  name: 'ldap',
  transport: 'both',
  ports: [389, 3268],
  onlyOnPorts: true,
  recognise(head: Head, facts: FlowFacts): Verdict {
    if (facts.fields && startsTls(head)) return upgradeToTls(head, facts)
    const at = operationOf(head)
    if (at < 0) return facts.fields ? Verdict.YES : Verdict.NO
    const { bytes, end } = head
    const operation = bytes[at]
    if (operation === BIND_REQUEST && bytes[at + 2] === INTEGER && at + 7 <= end) {
      facts.set('ldap.version', bytes[at + 4])
      facts.set('user.name', readText(bytes, at + 7, Math.min(end, at + 7 + bytes[at + 6])))
    }
    facts.set('ldap.operation', operation & 0x1f)
    facts.isComplete = operation !== EXTENDED_REQUEST && operation !== EXTENDED_RESPONSE
    return Verdict.YES
  },
}

/** Offset of the operation; -1 where the octets are no message of LDAP. */
function operationOf({ bytes, start, end }: Head): number {
  if (end - start < 7 || bytes[start] !== SEQUENCE) return -1
  const content = start + 2 + (bytes[start + 1] >= 0x80 ? bytes[start + 1] & 0x7f : 0)
  const idLength = bytes[content + 1]
  const at = content + 2 + idLength
  if (bytes[content] !== INTEGER || idLength < 1 || idLength > 4 || at >= end) return -1
  return (bytes[at] & 0xc0) === APPLICATION && (bytes[at] & 0x1f) <= LAST_OPERATION ? at : -1
}
