import { readText, readUint16 } from './byte-text.ts'
import { type ClientHello, parseClientHello } from './client-hello.ts'
import type { FlowFacts } from './flow-facts.ts'
import { ja3 } from './ja3.ts'
import { ja4, offeredVersion } from './ja4.ts'
import { type Head, type Recogniser, Verdict } from './recogniser.ts'
import { MAX_HEAD } from './stream-head.ts'

const ALERT = 21
const HANDSHAKE = 22
const APPLICATION_DATA = 23
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const SUPPORTED_VERSIONS = 43
const MAX_RECORD = 16_384 + 256
const VERSIONS: Record<number, string> = { 0x0304: '1.3', 0x0303: '1.2', 0x0302: '1.1', 0x0301: '1.0', 0x0300: 'ssl3' }

/**
 * TLS over TCP: records of type 1, version 2 (always 03 xx), length 2. The first of each direction is a handshake message,
 * or application data where the capture began in the middle.
 */
export const tls: Recogniser = {
  name: 'tls',
  transport: 'tcp',
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    if (end - start < 5) return startsLikeRecord(head) ? Verdict.MORE : Verdict.NO
    const type = bytes[start]
    const length = readUint16(bytes, start + 3)
    if (type < 20 || type > APPLICATION_DATA || bytes[start + 1] !== 3 || bytes[start + 2] > 4) return Verdict.NO
    if (length === 0 || length > MAX_RECORD) return Verdict.NO
    facts.tls ??= { serverName: '', version: '', alpn: '', ja4: '', ja3: '' }
    if (type === HANDSHAKE) return readHandshake(head, facts)
    // Only the middle of a conversation starts with data, only an end or a refusal with an alert.
    facts.isComplete = type === APPLICATION_DATA || type === ALERT
    return Verdict.YES
  },
}

function startsLikeRecord({ bytes, start, end }: Head): boolean {
  return bytes[start] === HANDSHAKE && (end - start < 2 || bytes[start + 1] === 3)
}

/** Handshake header: type 1, length 3. A hello may be spread over records; their headers are taken out. */
function readHandshake(head: Head, facts: FlowFacts): Verdict {
  const message = withoutRecordHeaders(head)
  if (message.length < 4) return Verdict.MORE
  const type = message[0]
  const end = 4 + ((message[1] << 16) | (message[2] << 8) | message[3])
  if (type === CLIENT_HELLO) {
    if (message.length < end && end < MAX_HEAD && message.length < MAX_HEAD - 1024) return Verdict.MORE
    const hello = parseClientHello(message, 4, Math.min(end, message.length))
    if (hello) addClientHello(hello, facts)
  } else if (type === SERVER_HELLO) {
    if (message.length < end && end < 4096) return Verdict.MORE
    addServerHello(message, Math.min(end, message.length), facts)
    facts.isComplete = true
  }
  return Verdict.YES
}

function withoutRecordHeaders({ bytes, start, end }: Head): Uint8Array {
  const firstEnd = start + 5 + readUint16(bytes, start + 3)
  if (firstEnd >= end) return bytes.subarray(start + 5, end)
  const message = new Uint8Array(end - start)
  let length = 0
  for (let at = start; at + 5 <= end && bytes[at] === HANDSHAKE;) {
    const next = at + 5 + readUint16(bytes, at + 3)
    const part = bytes.subarray(at + 5, Math.min(next, end))
    message.set(part, length)
    length += part.length
    at = next
  }
  return message.subarray(0, length)
}

function addClientHello(hello: ClientHello, facts: FlowFacts): void {
  const found = facts.tls
  if (!found) return
  found.serverName = hello.serverName ?? ''
  if (found.version === '') found.version = VERSIONS[offeredVersion(hello)] ?? ''
  found.alpn = hello.alpn ? readText(hello.alpn, 0, hello.alpn.length) : ''
  found.ja3 = ja3(hello)
  found.ja4 = ja4(hello)
  facts.hostName = found.serverName
}

/** Version 2, random 32, session id 1+n, cipher suite 2, compression 1, extensions 2+n; 1.3 is told by extension 43. */
function addServerHello(message: Uint8Array, end: number, facts: FlowFacts): void {
  if (!facts.tls || end < 4 + 35) return
  let version = readUint16(message, 4)
  const extensions = 4 + 35 + message[4 + 34] + 3
  for (let at = extensions + 2; at + 4 <= end;) {
    const length = readUint16(message, at + 2)
    if (readUint16(message, at) === SUPPORTED_VERSIONS && length === 2 && at + 6 <= end)
      version = readUint16(message, at + 4)
    at += 4 + length
  }
  facts.tls.version = VERSIONS[version] ?? facts.tls.version
}
