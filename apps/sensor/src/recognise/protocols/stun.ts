import { readText, readUint16, readUint32 } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, octets, type Recogniser, Verdict } from '../recogniser.ts'
import { dtls, isDtlsRecord } from '../tls/dtls.ts'
import { isRtp } from './rtp.ts'

const MAGIC = 0x2112_a442
const HEADER = 20
const SOFTWARE = 0x8022
const REALM = 0x0014
const LAST_METHOD = 0x0119
const CHANNEL_FIRST = 0x40
const CHANNEL_LAST = 0x4f
const MAX_DATAGRAMS = 24
/** Types that WhatsApp sends its relays, whose length need not be a multiple of four. */
const WHATSAPP_FIRST = 0x0800
const WHATSAPP_LAST = 0x0805
const WHATSAPP_TOKEN = 0x4000
/** Attributes of one implementation alone, and what it is. Microsoft's are those of MS-TURN section 2.2.2, as Teams sends them. */
const OWNERS: Record<number, string> = {
  0x0101: 'zoom',
  [WHATSAPP_TOKEN]: 'whatsapp',
  0x4002: 'whatsapp',
  0x4003: 'whatsapp',
  0x8008: 'teams',
  0x8055: 'teams',
  0x8070: 'teams',
  0x8095: 'teams',
}
/** Realms of relays by what they are for. */
const REALMS: Record<string, string> = { 'telegram.org': 'telegram' }

/**
 * STUN and TURN (RFC 8489 section 5, RFC 8656): two zero bits, type 2, length 2, magic cookie 4, transaction 12, attributes of type
 * 2, length 2. What a conversation opened by STUN carries decides its name: DTLS, media, or TURN's channel data. Memory: datagrams.
 */
export const stun: Recogniser = {
  name: 'stun',
  transport: 'both',
  ports: [3478],
  firstOctets: [...octets(0, 3), WHATSAPP_FIRST >> 8],
  recognise(head: Head, facts: FlowFacts): Verdict {
    const { memory, memoryAt } = head
    const at = messageOf(head)
    if (at >= 0) {
      readAttributes(head, at, facts)
      if (++memory[memoryAt + 1] >= MAX_DATAGRAMS) facts.isComplete = true
      return Verdict.YES
    }
    if (!facts.fields) return Verdict.NO
    if (++memory[memoryAt + 1] >= MAX_DATAGRAMS) facts.isComplete = true
    return head.isTcp ? Verdict.YES : readCarried(head, facts)
  },
}

/** Where the message starts: over TCP it may have a length of 2 before it (RFC 4571, as ICE has it); -1 where there is none. */
function messageOf(head: Head): number {
  const { bytes, start, end, isTcp } = head
  if (isStun(head, start)) return start
  return isTcp && readUint16(bytes, start) + 2 === end - start && isStun(head, start + 2) ? start + 2 : -1
}

function isStun({ bytes, start, end, wireLength }: Head, at: number): boolean {
  const type = readUint16(bytes, at)
  const length = readUint16(bytes, at + 2)
  if (type >= WHATSAPP_FIRST && type <= WHATSAPP_LAST) return isWhatsapp(bytes, at, end)
  if (end - at < HEADER || bytes[at] >= 0x40 || length % 4 !== 0 || (type & 0x3eef) > LAST_METHOD) return false
  const isWhole = length + HEADER === wireLength - (at - start)
  if (readUint32(bytes, at + 4) === MAGIC) return isWhole || length + HEADER <= wireLength
  // Before RFC 5389 there was no magic: the attributes must fill the message.
  return (
    isWhole &&
    length > 0 &&
    isClassicType(type) &&
    attributesFit(bytes, at + HEADER, Math.min(end, at + HEADER + length))
  )
}

/** A message of WhatsApp: the magic, and its token as the first attribute, which fits. */
function isWhatsapp(bytes: Uint8Array, at: number, end: number): boolean {
  if (end - at < HEADER + 4 || readUint32(bytes, at + 4) !== MAGIC) return false
  return (
    readUint16(bytes, at + HEADER) === WHATSAPP_TOKEN &&
    readUint16(bytes, at + HEADER + 2) + 4 <= readUint16(bytes, at + 2)
  )
}

/** Binding and shared secret: request, response, error (RFC 3489 section 11.1). */
function isClassicType(type: number): boolean {
  const kind = type & 0x0110
  return (type & ~0x0110) <= 3 && (type & ~0x0110) >= 1 && (kind === 0 || kind === 0x0100 || kind === 0x0110)
}

function attributesFit(bytes: Uint8Array, from: number, end: number): boolean {
  let at = from
  while (at + 4 <= end) at += 4 + readUint16(bytes, at + 2)
  return at === end && readUint16(bytes, from) <= 0x0101
}

function readAttributes({ bytes, end }: Head, start: number, facts: FlowFacts): void {
  const type = readUint16(bytes, start)
  const method = (type & 0x0f) | ((type >> 1) & 0x70) | ((type >> 2) & 0xf80)
  facts.set('stun.method', method)
  // Allocate, refresh, send, data, create permission, channel bind: TURN's (RFC 8656 section 17).
  if (method >= 3 && method <= 9 && facts.protocol === 'stun') facts.protocol = 'turn'
  const messageEnd = Math.min(end, start + HEADER + readUint16(bytes, start + 2))
  for (let at = start + HEADER; at + 4 <= messageEnd;) {
    const attribute = readUint16(bytes, at)
    const length = readUint16(bytes, at + 2)
    const to = Math.min(at + 4 + length, messageEnd)
    if (attribute === SOFTWARE) facts.set('stun.software', readText(bytes, at + 4, to))
    if (attribute === REALM) addRealm(readText(bytes, at + 4, to), facts)
    const owner = OWNERS[attribute]
    if (owner) facts.application ||= owner
    at += 4 + length + ((4 - (length & 3)) & 3)
  }
}

function addRealm(realm: string, facts: FlowFacts): void {
  facts.set('stun.realm', realm)
  if (Object.hasOwn(REALMS, realm)) facts.application ||= REALMS[realm]
}

function readCarried(head: Head, facts: FlowFacts): Verdict {
  const first = head.bytes[head.start]
  if (isDtlsRecord(head)) {
    facts.protocol = 'dtls'
    facts.recogniser = dtls
    return dtls.recognise(head, facts)
  }
  if (first >= CHANNEL_FIRST && first <= CHANNEL_LAST) facts.protocol = 'turn'
  else if (isRtp(head)) {
    facts.protocol = 'rtp'
    facts.isComplete = true
  }
  return Verdict.YES
}
