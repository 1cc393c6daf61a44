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
/** Content octets of the object identifiers of name attributes (X.520, RFC 4519, RFC 2985), in hexadecimal. */
const ATTRIBUTES: Record<string, string> = {
  '550403': 'CN',
  '550405': 'serialNumber',
  '550406': 'C',
  '550407': 'L',
  '550408': 'ST',
  '55040a': 'O',
  '55040b': 'OU',
  '55040c': 'title',
  '0992268993f22c640101': 'UID',
  '0992268993f22c640119': 'DC',
  '2a864886f70d010901': 'emailAddress',
}

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

function readName(bytes: Uint8Array, name: DerElement): string {
  const parts: string[] = []
  for (const set of readDerChildren(bytes, name)) {
    for (const attribute of readDerChildren(bytes, set, 4)) {
      const [type, value] = readDerChildren(bytes, attribute, 2)
      if (!type || !value) continue
      const key = ATTRIBUTES[Buffer.from(bytes.subarray(type.start, type.end)).toString('hex')]
      if (key) parts.push(`${key}=${readString(bytes, value)}`)
    }
  }
  return parts.join(', ').slice(0, 200)
}

function readString(bytes: Uint8Array, { tag, start, end }: DerElement): string {
  if (tag !== BMP_STRING) return readText(bytes, start, end)
  let text = ''
  for (let at = start + 1; at < end; at += 2) text += readText(bytes, at, at + 1)
  return text
}

/** UTCTime YYMMDDHHMMSSZ (years 1950 to 2049) or GeneralizedTime YYYYMMDDHHMMSSZ (RFC 5280 section 4.1.2.5). */
function readTime(bytes: Uint8Array, element: DerElement | undefined): number {
  if (!element) return 0
  const text = readText(bytes, element.start, element.end)
  const century = Number(text.slice(0, 2)) >= 50 ? '19' : '20'
  const full = element.tag === UTC_TIME ? century + text : text
  const match = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(full)
  if (!match) return 0
  const [year, month, day, hour, minute, second] = match.slice(1).map(Number)
  return Math.floor(Date.UTC(year, month - 1, day, hour, minute, second) / 1000)
}
