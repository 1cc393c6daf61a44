import { findOctet, hasText, readText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, type Recogniser, Verdict } from '../recogniser.ts'
import { startsTls, upgradeToTls } from '../tls/upgrade.ts'

const PROTOCOL_10 = 10
const ERROR = 0xff
const SSL_REQUEST_LENGTH = 32

/**
 * MySQL and MariaDB: packet length 3 (little-endian), number 0, protocol version 10, the server's version as text ended by 0; a
 * host that may not connect gets an error packet instead. A client that wants TLS sends 32 octets first.
 */
export const mysql: Recogniser = {
  name: 'mysql',
  transport: 'tcp',
  ports: [3306],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end, forward } = head
    if (startsTls(head) && facts.fields) return upgradeToTls(head, facts)
    if (facts.fields) {
      facts.isComplete = forward && bytes[start] !== SSL_REQUEST_LENGTH
      return Verdict.YES
    }
    if (forward || end - start < 16 || bytes[start + 3] !== 0) return Verdict.NO
    const length = bytes[start] | (bytes[start + 1] << 8) | (bytes[start + 2] << 16)
    if (length + 4 !== end - start) return Verdict.NO
    if (bytes[start + 4] === ERROR && head.destinationPort === 3306 && hasText(bytes, start + 7, end, 'Host '))
      return Verdict.YES
    const isVersion = bytes[start + 4] === PROTOCOL_10 && bytes[start + 5] >= 0x30 && bytes[start + 5] <= 0x39
    const versionEnd = findOctet(bytes, start + 5, Math.min(end, start + 100), 0)
    if (!isVersion || versionEnd < 0) return Verdict.NO
    facts.set('mysql.server.version', readText(bytes, start + 5, versionEnd))
    return Verdict.YES
  },
}
