import { containsText, readUint24, readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, octets, type Recogniser, usesPort, Verdict } from '../recogniser.ts'
import { parseClientHello } from '../tls/client-hello.ts'
import { MessageAssemblies } from '../tls/message-assembly.ts'
import { addClientHello, addCutClientHello, tlsFactsOf } from '../tls/tls-facts.ts'
import { addCryptoFrames } from './crypto-frames.ts'
import { googleServerName } from './google-hello.ts'
import { clientInitialKeys, type InitialKeys, isInitial } from './initial-keys.ts'
import { decryptInitial, parseInitial } from './initial-packet.ts'

const MAX_CONNECTION_ID = 20
const CLIENT_HELLO = 1
const ANSWERS = ['REJ\0', 'SHLO']
const SHORT_HEADERS = 3
const BY_CONNECTION_ID = 0.8
/** Datagrams after which a hello that is not whole is given up. */
const MAX_DATAGRAMS = 12
const assemblies = new MessageAssemblies()
const keysOfTicket = new Map<number, InitialKeys>()

/**
 * QUIC by its long header (RFC 8999, RFC 9000 section 17.2): form and fixed bit 11, version 4, then two connection ids with
 * their lengths. The client's Initial packets are decrypted with the keys anyone can derive (RFC 9001 section 5.2, RFC
 * 9369), and the ClientHello put together from as many as it takes. Google's versions before the standard are known by
 * their text. Memory: datagrams, ticket of the assembly.
 */
export const quic: Recogniser = {
  name: 'quic',
  transport: 'udp',
  ports: [443],
  firstOctets: [...octets(0x80, 0xff), 0x09, 0x0d, 0x19, 0x1d],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { bytes, start, end, memory, memoryAt } = head
    if (facts.tls && ++memory[memoryAt] >= MAX_DATAGRAMS) return giveUp(head, facts)
    if (end - start < 21) return facts.tls ? Verdict.YES : Verdict.NO
    if ((bytes[start] & 0x80) === 0) return readShort(head, facts)
    const version = readUint32(bytes, start + 1)
    if (!isLongHeader(head, version)) return facts.tls ? Verdict.YES : Verdict.NO
    const text = versionText(version)
    if (text.startsWith('Q04')) return readGoogle(head, facts, start + 1)
    tlsFactsOf(facts).version ||= version === 0 || text !== '' ? '' : '1.3'
    if (version !== 0) facts.set('quic.version', text || `0x${version.toString(16).padStart(8, '0')}`)
    if (head.forward && isInitial(version, bytes[start])) readInitials(head, version, facts)
    return Verdict.YES
  },
  conclude({ memory, memoryAt }: Head, facts: FlowFacts): void {
    const ticket = memory[memoryAt + 1]
    const message = assemblies.get(ticket)
    if (message && message.length >= 4 && message.bytes[0] === CLIENT_HELLO)
      addCutClientHello(parseClientHello(message.bytes, 4, message.length), facts)
    release(ticket)
  },
}

function giveUp(head: Head, facts: FlowFacts): Verdict {
  quic.conclude?.(head, facts)
  facts.isComplete = true
  return Verdict.YES
}

function release(ticket: number): void {
  assemblies.end(ticket)
  keysOfTicket.delete(ticket)
}

/** Version negotiation (version 0) may have the fixed bit clear and lists versions of four octets to the end. */
function isLongHeader({ bytes, start, end }: Head, version: number): boolean {
  const text = versionText(version)
  if (text.startsWith('Q04')) return true
  const isNegotiation = version === 0
  if (!isNegotiation && ((bytes[start] & 0x40) === 0 || !(text !== '' || isKnown(version)))) return false
  const sourceAt = start + 6 + bytes[start + 5]
  if (bytes[start + 5] > MAX_CONNECTION_ID || sourceAt >= end || bytes[sourceAt] > MAX_CONNECTION_ID) return false
  const left = end - sourceAt - 1 - bytes[sourceAt]
  return !isNegotiation || (left >= 4 && left % 4 === 0 && bytes[start + 5] + bytes[sourceAt] > 0)
}

/** Standard versions, drafts of the IETF and of its implementers, and those reserved for negotiation (RFC 9000 section 15). */
function isKnown(version: number): boolean {
  if (version === 1 || version === 0x6b3343cf) return true
  const top = version >>> 8
  return top === 0xff0000 || top === 0xff0200 || top === 0xfaceb0 || (version & 0x0f0f0f0f) === 0x0a0a0a0a
}

/** "Q050", "T051": a letter and three digits; empty for numbers. */
function versionText(version: number): string {
  const letter = version >>> 24
  const isText = (letter === 0x51 || letter === 0x54) && ((version >>> 16) & 0xff) === 0x30
  if (!isText) return ''
  const digits = String.fromCharCode((version >>> 8) & 0xff, version & 0xff)
  return /^\d\d$/.test(digits) ? `${String.fromCharCode(letter)}0${digits}` : ''
}

/** What has no long header: Google's first versions, or a conversation whose start was not seen. */
function readShort(head: Head, facts: FlowFacts): Verdict {
  const { bytes, start, end } = head
  if ((bytes[start] & 0x40) === 0 && readGoogle(head, facts, start + 9) === Verdict.YES) return Verdict.YES
  if (facts.tls || !usesPort(head, 443)) return facts.tls ? Verdict.YES : Verdict.NO
  if ((bytes[start] & 0xc0) === 0x40) return readShortHeader(head, facts)
  // A rejection or hello of a server (versions to Q043): flags 8, connection id 8, then the message.
  const limit = Math.min(end, start + 60)
  if ((bytes[start] & 0x08) === 0 || !ANSWERS.some((tag) => containsText(bytes, start + 9, limit, tag)))
    return Verdict.NO
  tlsFactsOf(facts)
  facts.isComplete = true
  return Verdict.YES
}

/**
 * Short headers (RFC 9000 section 17.3.1) show their connection id alone: several packets of one direction on port 443 that
 * begin with the same eight octets and differ behind. Memory: the id's hash, packets; for the direction that came first.
 */
function readShortHeader({ bytes, start, forward, memory, memoryAt }: Head, facts: FlowFacts): Verdict {
  const id = (readUint32(bytes, start + 1) ^ Math.imul(readUint32(bytes, start + 5), 0x9e37_79b1)) >>> 0 || 1
  const side = forward ? 1 : 2
  if (memory[memoryAt + 2] !== 0 && memory[memoryAt + 3] !== side) return Verdict.MORE
  const isSame = memory[memoryAt + 2] === id
  memory[memoryAt + 2] = id
  memory[memoryAt + 3] = side
  memory[memoryAt] = isSame ? memory[memoryAt] + 1 : 1
  if (memory[memoryAt] < SHORT_HEADERS) return Verdict.MORE
  tlsFactsOf(facts)
  facts.confidence = BY_CONNECTION_ID
  facts.isComplete = true
  return Verdict.YES
}

/** Google's public header: flags with the version bit, connection id 8, version 4 as text. */
function readGoogle({ bytes, start, end }: Head, facts: FlowFacts, versionAt: number): Verdict {
  const version = versionText(readUint32(bytes, versionAt))
  if (version === '' || (versionAt === start + 9 && (bytes[start] & 0x01) === 0))
    return facts.tls ? Verdict.YES : Verdict.NO
  const name = googleServerName(bytes, versionAt, end)
  const found = tlsFactsOf(facts)
  found.serverName = name
  facts.hostName = name
  facts.set('quic.version', version)
  facts.isComplete = true
  return Verdict.YES
}

/** A datagram may hold several Initial packets, and other packets after them. */
function readInitials(
  { bytes, start, end, wireLength, memory, memoryAt }: Head,
  version: number,
  facts: FlowFacts,
): void {
  for (let at = start; at < end;) {
    if ((bytes[at] & 0x80) === 0 || !isInitial(version, bytes[at])) return
    const packet = parseInitial(bytes, at, end, start + wireLength)
    if (!packet || packet.version !== version) return
    let ticket = memory[memoryAt + 1]
    let keys = keysOfTicket.get(ticket)
    let frames = keys && decryptInitial(bytes, packet, keys)
    if (!frames) {
      keys = clientInitialKeys(version, bytes.subarray(packet.connectionIdStart, packet.connectionIdEnd))
      frames = keys && decryptInitial(bytes, packet, keys)
      if (!frames || !keys) return
      release(ticket)
      ticket = assemblies.begin()
      memory[memoryAt + 1] = ticket
      keysOfTicket.set(ticket, keys)
      forgetOldKeys()
    }
    addFrames(frames, ticket, facts)
    if (facts.isComplete) return release(ticket)
    at = packet.end
  }
}

function addFrames(frames: Uint8Array, ticket: number, facts: FlowFacts): void {
  const message = assemblies.get(ticket)
  if (!message) return
  addCryptoFrames(frames, message)
  const name = message.length === 0 ? googleServerName(frames, 0, frames.length) : ''
  if (name !== '') {
    tlsFactsOf(facts).serverName = name
    facts.hostName = name
    facts.isComplete = true
  }
  if (message.length < 4 || message.bytes[0] !== CLIENT_HELLO) return
  const end = 4 + readUint24(message.bytes, 1)
  if (message.length < end) return
  const hello = parseClientHello(message.bytes, 4, end)
  if (hello) addClientHello(hello, facts, 'q')
  facts.isComplete = true
}

/** Keys whose assembly went to another flow are of no use. */
function forgetOldKeys(): void {
  for (const ticket of keysOfTicket.keys()) {
    if (assemblies.get(ticket)) return
    keysOfTicket.delete(ticket)
  }
}
