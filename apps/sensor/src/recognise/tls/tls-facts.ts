import type { TlsFacts } from '@picket/proto'
import { isIPv4 } from 'node:net'
import { readText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { readCertificate } from './certificate.ts'
import type { ClientHello } from './client-hello.ts'
import { fingerprintsOf } from './fingerprints.ts'
import { ja3s } from './ja3.ts'
import { type HelloTransport, offeredVersion } from './ja4.ts'
import type { ServerHello } from './server-hello.ts'

const ENCRYPTED_CLIENT_HELLO = 0xfe0d
const VERSIONS: Record<number, string> = {
  0x0304: '1.3',
  0x0303: '1.2',
  0x0302: '1.1',
  0x0301: '1.0',
  0x0300: 'ssl3',
  0x0002: 'ssl2',
  0xfeff: 'dtls1.0',
  0xfefd: 'dtls1.2',
  0xfefc: 'dtls1.3',
  0x0100: 'dtls1.0',
}

export function tlsFactsOf(facts: FlowFacts): TlsFacts {
  facts.tls ??= {
    serverName: '',
    version: '',
    alpn: '',
    ja4: '',
    ja3: '',
    ja3s: '',
    cipher: '',
    serverAlpn: '',
    encryptedClientHello: false,
    certificateSubject: '',
    certificateIssuer: '',
    certificateNotBefore: 0,
    certificateNotAfter: 0,
  }
  return facts.tls
}

export function addClientHello(hello: ClientHello, facts: FlowFacts, transport: HelloTransport): void {
  const found = tlsFactsOf(facts)
  found.serverName = hello.serverName ?? ''
  if (found.version === '') found.version = VERSIONS[offeredVersion(hello)] ?? ''
  found.alpn = hello.alpn ? readText(hello.alpn, 0, hello.alpn.length) : ''
  const { ja3, ja4 } = fingerprintsOf(hello, transport)
  found.ja3 = ja3
  found.ja4 = ja4
  found.encryptedClientHello = hello.extensions.includes(ENCRYPTED_CLIENT_HELLO)
  if (found.serverName !== '') facts.hostName = found.serverName
}

/**
 * Adds what the beginning of a ClientHello says when the rest of it never came (a capture that cuts packets, a lost segment), and
 * marks it: `tls.client.hello_cut`. A fingerprint takes all of a hello, and its legacy version means nothing without the extensions.
 */
export function addCutClientHello(hello: ClientHello | undefined, facts: FlowFacts): void {
  const found = tlsFactsOf(facts)
  if (found.ja4 !== '') return
  facts.set('tls.client.hello_cut', 'true')
  if (!hello) return
  found.serverName ||= hello.serverName ?? ''
  if (found.version === '' && hello.supportedVersions.length > 0) found.version = VERSIONS[offeredVersion(hello)] ?? ''
  if (found.alpn === '' && hello.alpn) found.alpn = readText(hello.alpn, 0, hello.alpn.length)
  found.encryptedClientHello ||= hello.extensions.includes(ENCRYPTED_CLIENT_HELLO)
  if (found.serverName !== '') facts.hostName = found.serverName
}

export function addServerHello(hello: ServerHello, facts: FlowFacts): void {
  const found = tlsFactsOf(facts)
  found.version = VERSIONS[hello.version] ?? found.version
  found.cipher = `0x${hello.cipherSuite.toString(16).padStart(4, '0')}`
  found.ja3s = ja3s(hello)
  found.serverAlpn = hello.alpn
}

/** Adds the first certificate of a Certificate message (RFC 5246 section 7.4.2), whose list starts at `start`. */
export function addCertificate(bytes: Uint8Array, start: number, end: number, facts: FlowFacts): void {
  const certificate = readCertificate(bytes, start, end)
  if (!certificate) return
  const found = tlsFactsOf(facts)
  if (found.certificateSubject !== '' || found.certificateNotAfter !== 0) return
  found.certificateSubject = certificate.subject
  found.certificateIssuer = certificate.issuer
  found.certificateNotBefore = certificate.notBefore
  found.certificateNotAfter = certificate.notAfter
  if (facts.hostName === '' || isIPv4(facts.hostName))
    facts.hostName = commonHostName(certificate.subject) || facts.hostName
}

/** The host name of a certificate's common name, without a wildcard; empty where it is none. For clients that did not say theirs, or said an address. */
function commonHostName(subject: string): string {
  const name = /(?:^|, )CN=(?:\*\.)?((?:[a-z0-9-]+\.)+[a-z]{2,})(?:,|$)/i.exec(subject)
  return name ? name[1].toLowerCase() : ''
}
