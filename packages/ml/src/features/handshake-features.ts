import type { DnsFacts, Flow, TlsFacts } from '@picket/proto'

const TLS_FEATURES = 10
const DNS_FEATURES = 6
const SECONDS_A_DAY = 86_400

/** What shares the messages of DNS and not its habits: everybody on the link asks and answers. Their columns are absent. */
const LINK_NAME_SERVICES = new Set(['mdns', 'llmnr', 'nbns'])

/** Writes the columns of `handshakeFeatures` from `at`. */
export function writeHandshake({ tls, dns, protocolName }: Flow, out: Float32Array, at: number): void {
  if (tls) writeTls(tls, out, at)
  else writeAbsent(out, at, at + TLS_FEATURES)
  if (dns && !LINK_NAME_SERVICES.has(protocolName)) writeDns(dns, out, at + TLS_FEATURES)
  else writeAbsent(out, at + TLS_FEATURES, at + TLS_FEATURES + DNS_FEATURES)
}

function writeTls(tls: TlsFacts, out: Float32Array, at: number): void {
  // The first part of a JA4 is the shape of the hello: transport, version, SNI, two counts of two digits, ALPN.
  const { ja4 } = tls
  const isRead = ja4.length >= 10
  out[at++] = isRead ? flag(ja4[0] === 'q') : NaN
  out[at++] = isRead ? offeredVersion(ja4) : NaN
  out[at++] = tls.cipher !== '' || tls.ja3s !== '' ? toVersion(tls.version) : NaN
  out[at++] = isRead ? twoDigits(ja4, 4) : NaN
  out[at++] = isRead ? twoDigits(ja4, 6) : NaN
  out[at++] = isRead ? flag(ja4[8] !== '0' || ja4[9] !== '0') : NaN
  out[at++] = isRead ? flag(tls.encryptedClientHello) : NaN
  out[at++] = tls.serverName === '' ? NaN : tls.serverName.length
  out[at++] = tls.serverName === '' ? NaN : entropyBits(tls.serverName)
  const { certificateNotBefore, certificateNotAfter } = tls
  const isVisible = certificateNotBefore !== 0 || certificateNotAfter !== 0
  out[at] = isVisible ? Math.max(0, certificateNotAfter - certificateNotBefore) / SECONDS_A_DAY : NaN
}

function writeDns(dns: DnsFacts, out: Float32Array, at: number): void {
  const { questionName } = dns
  out[at++] = dns.questions
  out[at++] = dns.answers
  out[at++] = questionName === '' ? NaN : questionName.length
  out[at++] = questionName === '' ? NaN : entropyBits(questionName)
  out[at++] = questionName === '' ? NaN : labelsOf(questionName)
  out[at] = dns.responseCode === '' ? NaN : flag(dns.responseCode !== 'NOERROR')
}

function labelsOf(name: string): number {
  let labels = 1
  for (let i = 0; i < name.length; i++) if (name.charCodeAt(i) === 0x2e) labels++
  return labels
}

const flag = (holds: boolean): number => (holds ? 1 : 0)

/** "13" is TLS 1.3, "s3" SSL 3.0, "d2" DTLS 1.2, "d1" DTLS 1.0, which is TLS 1.1 (RFC 4347); NaN for what JA4 does not know. */
function offeredVersion(ja4: string): number {
  const minor = Number(ja4[2])
  if (ja4[1] === '1' || ja4[1] === 'd') return (10 + minor) / 10
  return ja4[1] === 's' ? minor / 10 : NaN
}

/** "1.3", "DTLS 1.2" and the like; NaN without a number. */
function toVersion(text: string): number {
  const from = text.search(/\d/)
  return from < 0 ? NaN : Number.parseFloat(text.slice(from))
}

const twoDigits = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + (text.charCodeAt(at + 1) - 48)

const counts = new Uint16Array(128)
/** Names of up to so many characters find their logarithms here: 32 KiB, filled as they come. */
const LONGEST = 63
const logarithms = new Float64Array((LONGEST + 1) * (LONGEST + 1)).fill(NaN)

/** Shannon entropy of the characters, bits a character; characters outside of ASCII count as one. */
export function entropyBits(text: string): number {
  const { length } = text
  for (let i = 0; i < length; i++) counts[Math.min(127, text.charCodeAt(i))] = 0
  for (let i = 0; i < length; i++) counts[Math.min(127, text.charCodeAt(i))]++
  let bits = 0
  for (let i = 0; i < length; i++) {
    // A character that occurs n times comes by n times, each with a share of the sum.
    bits -= shareBits(counts[Math.min(127, text.charCodeAt(i))], length)
  }
  return bits / length
}

/** Logarithm to base 2 of a share. */
function shareBits(count: number, length: number): number {
  if (length > LONGEST) return Math.log2(count / length)
  const at = count * (LONGEST + 1) + length
  const known = logarithms[at]
  if (!Number.isNaN(known)) return known
  logarithms[at] = Math.log2(count / length)
  return logarithms[at]
}

/** As `fill` does, which takes longer to be called than so few values to be written. */
export function writeAbsent(out: Float32Array, from: number, to: number): void {
  for (let at = from; at < to; at++) out[at] = NaN
}
