import { readText } from '../byte-text.ts'
import { message } from './message.ts'

const SEQUENCE = 0x30
const INTEGER = 2
const APPLICATION = 0x40
const BIND_REQUEST = 0x60
const LAST_OPERATION = 25

/**
 * LDAP (RFC 4511 section 4.1.1), over UDP as CLDAP: a sequence that starts with a message id, then an operation of application
 * class 0 to 25. A bind request has version and name.
 */
export const ldap = message(
  { name: 'ldap', transport: 'both', ports: [389, 3268], onlyOnPorts: true },
  ({ bytes, start, end }, facts) => {
    if (end - start < 7 || bytes[start] !== SEQUENCE) return false
    const content = start + 2 + (bytes[start + 1] >= 0x80 ? bytes[start + 1] & 0x7f : 0)
    const idLength = bytes[content + 1]
    const at = content + 2 + idLength
    if (bytes[content] !== INTEGER || idLength < 1 || idLength > 4 || at >= end) return false
    const operation = bytes[at]
    if ((operation & 0xc0) !== APPLICATION || (operation & 0x1f) > LAST_OPERATION) return false
    if (operation === BIND_REQUEST && bytes[at + 2] === INTEGER && at + 7 <= end) {
      facts.set('ldap.version', bytes[at + 4])
      facts.set('user.name', readText(bytes, at + 7, Math.min(end, at + 7 + bytes[at + 6])))
    }
    return true
  },
)
