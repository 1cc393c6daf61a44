import { readText } from '../byte-text.ts'
import { type DerElement, readDer, readDerChildren } from './der.ts'

export interface CertificateFacts {
  /** Names as "C=..., O=..., CN=...", in the order of the certificate. */
  subject: string
  issuer: string
  /** Seconds since the epoch; 0 where it cannot be read. */
  notBefore: number
  notAfter: number
}

const CONTEXT_0 = 0xa0
const UTC_TIME = 0x17
const BMP_STRING = 0x1e
const MAX_NAME = 200
/** Last octet of the attributes of X.520, whose identifiers are 55 04 and that octet. */
const X520: Readonly<Record<number, string>> = {
  3: 'CN',
  5: 'serialNumber',
  6: 'C',
  7: 'L',
  8: 'ST',
  10: 'O',
  11: 'OU',
  12: 'title',
}
/** Other attributes (RFC 4519, RFC 2985) by the last octet and length of their identifiers. */
const OTHERS: Readonly<Record<string, string>> = { '1/10': 'UID', '25/10': 'DC', '1/9': 'emailAddress' }

/** The public names and validity of an X.509 certificate (RFC 5280 section 4.1) in `bytes` from `start` to `end`. */
export function readCertificate(bytes: Uint8Array, start: number, end: number): CertificateFacts | undefined {
  const certificate = readDer(bytes, start, end)
  const body = certificate && readDer(bytes, certificate.start, certificate.end)
  if (!body) return undefined
  const fields = readDerChildren(bytes, body)
  // Version, tagged [0], is absent in version 1; then serial number, signature algorithm, issuer, validity, subject.
  const first = fields[0]?.tag === CONTEXT_0 ? 1 : 0
  const [issuer, validity, subject] = fields.slice(first + 2, first + 5)
  if (!issuer || !validity || !subject) return undefined
  const [notBefore, notAfter] = readDerChildren(bytes, validity)
  return {
    subject: readName(bytes, subject),
    issuer: readName(bytes, issuer),
    notBefore: readTime(bytes, notBefore),
    notAfter: readTime(bytes, notAfter),
  }
}

/** A sequence of sets of sequences of identifier and value (RFC 5280 section 4.1.2.4). */
function readName(bytes: Uint8Array, name: DerElement): string {
  let text = ''
  for (let at = name.start; at < name.end;) {
    const set = readDer(bytes, at, name.end)
    const attribute = set && readDer(bytes, set.start, set.end)
    const type = attribute && readDer(bytes, attribute.start, attribute.end)
    const value = type && readDer(bytes, type.end, attribute.end)
    if (!value) break
    const key = attributeOf(bytes, type)
    if (key !== undefined) text += `${text === '' ? '' : ', '}${key}=${readString(bytes, value)}`
    at = set.end
  }
  return text.slice(0, MAX_NAME)
}

function attributeOf(bytes: Uint8Array, { start, end }: DerElement): string | undefined {
  if (end - start === 3 && bytes[start] === 0x55 && bytes[start + 1] === 4) return X520[bytes[start + 2]]
  return OTHERS[`${bytes[end - 1]}/${end - start}`]
}

function readString(bytes: Uint8Array, { tag, start, end }: DerElement): string {
  if (tag !== BMP_STRING) return readText(bytes, start, end)
  let text = ''
  for (let at = start + 1; at < end; at += 2) text += readText(bytes, at, at + 1)
  return text
}

/** UTCTime YYMMDDHHMMSSZ (years 1950 to 2049) or GeneralizedTime YYYYMMDDHHMMSSZ (RFC 5280 section 4.1.2.5). */
function readTime(bytes: Uint8Array, element: DerElement | undefined): number {
  if (!element || element.end - element.start !== (element.tag === UTC_TIME ? 13 : 15)) return 0
  const isShort = element.tag === UTC_TIME
  const short = readDigits(bytes, element.start, 2)
  const year = isShort ? short + (short >= 50 ? 1900 : 2000) : readDigits(bytes, element.start, 4)
  const rest = element.start + (isShort ? 2 : 4)
  const [month, day, hour, minute, second] = [0, 2, 4, 6, 8].map((at) => readDigits(bytes, rest + at, 2))
  const ms = Date.UTC(year, month - 1, day, hour, minute, second)
  return Number.isNaN(ms) ? 0 : Math.floor(ms / 1000)
}

function readDigits(bytes: Uint8Array, from: number, count: number): number {
  let value = 0
  for (let at = from; at < from + count; at++) value = value * 10 + bytes[at] - 0x30
  return value
}
