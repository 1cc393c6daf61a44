import { readUint16, readUint24 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, octets, type Recogniser, Verdict } from '../recogniser.ts'
import { MAX_HEAD } from '../stream-head.ts'
import { parseClientHello } from './client-hello.ts'
import { HandshakeStream } from './handshake-stream.ts'
import { parseServerHello } from './server-hello.ts'
import { addCertificate, addClientHello, addCutClientHello, addServerHello, tlsFactsOf } from './tls-facts.ts'
import { looksLikeTor } from './tor-shape.ts'

const ALERT = 21
const HANDSHAKE = 22
const APPLICATION_DATA = 23
const CLIENT_HELLO = 1
const SERVER_HELLO = 2
const CERTIFICATE = 11
const SERVER_HELLO_DONE = 14
const MAX_RECORD = 16_384 + 2_048
/** A head about to be full will not become whole: what is there is read. */
const FULL = MAX_HEAD - 1_024
const VERSION_1_3 = '1.3'
/** Confidence in a protocol that is told by the shape of its handshake alone. */
const BY_SHAPE = 0.8
const messages = new HandshakeStream()

/**
 * TLS over TCP: records of type 1, version 2 (always 03 xx), length 2. The first of each direction is a handshake message,
 * or application data where the capture began in the middle. Reads both hellos and, before TLS 1.3, the certificate.
 */
export const tls: Recogniser = {
  name: 'tls',
  transport: 'tcp',
  firstOctets: octets(20, 23),
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end } = head
    if (end - start < 5) return startsLikeRecord(head) ? Verdict.MORE : Verdict.NO
    const type = bytes[start]
    const length = readUint16(bytes, start + 3)
    if (type < 20 || type > APPLICATION_DATA || bytes[start + 1] !== 3 || bytes[start + 2] > 4) return Verdict.NO
    if (length === 0 || length > MAX_RECORD) return facts.tls ? Verdict.YES : Verdict.NO
    if (type === HANDSHAKE) return readHandshake(head, facts)
    if (!facts.tls && !isMiddle(type, length, end - start)) return Verdict.NO
    const isKnown = facts.tls !== undefined && facts.tls.ja4 !== ''
    // Early data of the client comes before the server's answer; anything else ends the part in clear.
    facts.isComplete = type === ALERT || (type === APPLICATION_DATA && (!isKnown || !head.forward))
    tlsFactsOf(facts)
    return Verdict.YES
  },
  conclude({ bytes, start, end }: Head, facts: FlowFacts): void {
    messages.read(bytes, start, end)
    const isCut = messages.length >= 4 && 4 + readUint24(messages.bytes, 1) > messages.length
    if (isCut && messages.bytes[0] === CLIENT_HELLO) readCutHello(4, facts)
  },
}

/** Reads what there is of the ClientHello whose body starts there. */
function readCutHello(start: number, facts: FlowFacts): void {
  addCutClientHello(parseClientHello(messages.bytes, start, messages.length), facts)
}

/** Records that a conversation may be caught at: change cipher spec is one octet, an alert two, or encrypted and alone. */
function isMiddle(type: number, length: number, available: number): boolean {
  if (type === APPLICATION_DATA) return length >= 16
  return type === ALERT ? length === 2 || (length <= 256 && length + 5 <= available) : length === 1
}

function startsLikeRecord({ bytes, start, end }: Head): boolean {
  return bytes[start] === HANDSHAKE && (end - start < 2 || bytes[start + 1] === 3)
}

/** Handshake header: type 1, length 3. */
function readHandshake({ bytes, start, end }: Head, facts: FlowFacts): Verdict {
  messages.read(bytes, start, end)
  const isFull = end - start >= FULL
  let isCertain = facts.tls !== undefined
  if (messages.length === 0) return isCertain ? Verdict.KEEP : Verdict.MORE
  for (let at = 0; at < messages.length;) {
    if (messages.length - at < 4) return isCertain ? Verdict.KEEP : Verdict.MORE
    const type = messages.bytes[at]
    const next = at + 4 + readUint24(messages.bytes, at + 1)
    const isHello = (type === CLIENT_HELLO || type === SERVER_HELLO) && next - at < MAX_HEAD
    // An encrypted message, as where a capture began within a handshake, looks like any type and length.
    if (!isHello && type !== CERTIFICATE && next > messages.length) break
    isCertain ||= isHello
    const isWhole = next <= messages.length || (type === CERTIFICATE && hasLeaf(at))
    if (!isWhole && !isFull) return Verdict.KEEP
    if (type === CLIENT_HELLO && !isWhole) readCutHello(at + 4, facts)
    else readMessage(type, at + 4, Math.min(next, messages.length), facts)
    if (facts.isComplete) return Verdict.YES
    at = next
  }
  tlsFactsOf(facts)
  const wantsCertificate = facts.tls?.ja3s !== '' && !messages.isOver && !isFull
  if (facts.tls?.ja3s !== '' && !wantsCertificate) facts.isComplete = true
  return wantsCertificate ? Verdict.KEEP : Verdict.YES
}

function readMessage(type: number, start: number, end: number, facts: FlowFacts): void {
  const { bytes } = messages
  if (type === CLIENT_HELLO) {
    const hello = parseClientHello(bytes, start, end)
    if (hello) addClientHello(hello, facts, 't')
  } else if (type === SERVER_HELLO) {
    const hello = parseServerHello(bytes, start, end)
    if (hello) addServerHello(hello, facts)
    facts.isComplete = facts.tls?.version === VERSION_1_3
  } else if (type === CERTIFICATE) {
    if (start + 6 <= end)
      addCertificate(bytes, start + 6, Math.min(end, start + 6 + readUint24(bytes, start + 3)), facts)
    facts.isComplete = facts.tls?.ja3s !== undefined && facts.tls.ja3s !== ''
    if (facts.tls && facts.protocol === 'tls' && looksLikeTor(facts.tls)) {
      facts.protocol = 'tor'
      facts.confidence = BY_SHAPE
    }
  } else if (type === SERVER_HELLO_DONE) facts.isComplete = true
}

/** The first certificate of the list at `at` is whole: header 4, list length 3, its length 3. */
function hasLeaf(at: number): boolean {
  return at + 10 <= messages.length && at + 10 + readUint24(messages.bytes, at + 7) <= messages.length
}
