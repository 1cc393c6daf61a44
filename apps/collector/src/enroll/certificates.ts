import 'reflect-metadata'
import { isIP } from 'node:net'
import { KeyObject, createPrivateKey, createPublicKey, type webcrypto } from 'node:crypto'
import * as x509 from '@peculiar/x509'

/** ECDSA over P-256 with SHA-256 for every certificate (RFC 5480, FIPS 186-5). */
const KEY_ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' } as const
const SIGNING_ALGORITHM = { name: 'ECDSA', hash: 'SHA-256' } as const

const DAY_MS = 86_400_000
export const AUTHORITY_DAYS = 3_650
export const SERVER_DAYS = 365
export const SENSOR_DAYS = 90

/** A request for a P-256 key has about 300 octets. */
export const MAX_SIGNING_REQUEST_OCTETS = 8_192

/** Certificates count from this long before now, so that a host whose clock is behind can use them at once. */
const BACKDATED_DAYS = 2

/** A private key and its certificate. */
export interface KeyedCertificate {
  key: webcrypto.CryptoKey
  certificate: x509.X509Certificate
}

/** One PEM text with the private key (PKCS #8) first, then the certificate: both are written and read as one. */
export async function toPem(pair: KeyedCertificate): Promise<string> {
  const key = KeyObject.from(pair.key).export({ type: 'pkcs8', format: 'pem' })
  return `${key.toString().trim()}\n${pair.certificate.toString('pem')}\n`
}

/** Throws where the text is not a P-256 key followed by its own certificate. */
export async function fromPem(pem: string): Promise<KeyedCertificate> {
  const privateKey = createPrivateKey(pem)
  const certificate = new x509.X509Certificate(pem.slice(pem.indexOf('-----BEGIN CERTIFICATE-----')))
  const publicKey = createPublicKey(pem).export({ type: 'spki', format: 'der' })
  if (!publicKey.equals(Buffer.from(certificate.publicKey.rawData))) {
    throw new Error('the certificate belongs to another key')
  }
  const der = new Uint8Array(privateKey.export({ type: 'pkcs8', format: 'der' }))
  return { key: await crypto.subtle.importKey('pkcs8', der, KEY_ALGORITHM, true, ['sign']), certificate }
}

export async function createAuthority(now: Date): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])
  const label = Buffer.from(crypto.getRandomValues(new Uint8Array(4))).toString('hex')
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name: `CN=Picket authority ${label},O=Picket`,
    keys,
    signingAlgorithm: SIGNING_ALGORITHM,
    ...validity(now, AUTHORITY_DAYS),
    extensions: [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
      await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
    ],
  })
  return { key: keys.privateKey, certificate }
}

/** A server certificate for these host names and addresses, with a new key. */
export async function createServer(
  authority: KeyedCertificate,
  names: readonly string[],
  now: Date,
): Promise<KeyedCertificate> {
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ['sign', 'verify'])
  const certificate = await issue(authority, {
    subject: 'CN=Picket collector,O=Picket',
    publicKey: keys.publicKey,
    days: SERVER_DAYS,
    usage: x509.ExtendedKeyUsage.serverAuth,
    names,
    now,
  })
  return { key: keys.privateKey, certificate }
}

/** A client certificate for one sensor; the common name is the sensor's identifier. */
export async function issueSensor(
  authority: KeyedCertificate,
  sensorId: string,
  publicKey: x509.PublicKey,
  now: Date,
): Promise<x509.X509Certificate> {
  return await issue(authority, {
    subject: `CN=${sensorId}`,
    publicKey,
    days: SENSOR_DAYS,
    usage: x509.ExtendedKeyUsage.clientAuth,
    names: [],
    now,
  })
}

/** The request's key, when the request is signed by that key and the key is P-256; otherwise why not. */
export async function parseSigningRequest(
  der: Uint8Array,
): Promise<{ ok: true; publicKey: x509.PublicKey } | { ok: false; reason: string }> {
  try {
    const request = new x509.Pkcs10CertificateRequest(new Uint8Array(der))
    const algorithm = request.publicKey.algorithm as { name?: string; namedCurve?: string }
    if (algorithm.name !== 'ECDSA' || algorithm.namedCurve !== 'P-256') {
      return { ok: false, reason: 'the key of the signing request must be ECDSA P-256' }
    }
    if (!(await request.verify())) return { ok: false, reason: 'the signing request is not signed by its own key' }
    return { ok: true, publicKey: request.publicKey }
  } catch {
    return { ok: false, reason: 'the signing request is not a PKCS #10 request in DER' }
  }
}

/** Host names and addresses of a certificate, sorted, as `createServer` was given them. */
export function namesOf(certificate: x509.X509Certificate): string[] {
  const extension = certificate.getExtension(x509.SubjectAlternativeNameExtension)
  return (extension?.names.items ?? []).map((name) => name.value).sort()
}

interface IssueOptions {
  subject: string
  publicKey: x509.PublicKey | webcrypto.CryptoKey
  days: number
  usage: x509.ExtendedKeyUsage
  names: readonly string[]
  now: Date
}

async function issue(authority: KeyedCertificate, options: IssueOptions): Promise<x509.X509Certificate> {
  const extensions: x509.Extension[] = [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
    new x509.ExtendedKeyUsageExtension([options.usage]),
    await x509.AuthorityKeyIdentifierExtension.create(authority.certificate),
  ]
  if (options.names.length > 0) {
    const names = options.names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }))
    extensions.push(new x509.SubjectAlternativeNameExtension(names))
  }
  return await x509.X509CertificateGenerator.create({
    subject: options.subject,
    issuer: authority.certificate.subjectName,
    publicKey: options.publicKey,
    signingKey: authority.key,
    signingAlgorithm: SIGNING_ALGORITHM,
    ...validity(options.now, options.days),
    extensions,
  })
}

function validity(now: Date, days: number): { notBefore: Date; notAfter: Date } {
  return {
    notBefore: new Date(now.getTime() - BACKDATED_DAYS * DAY_MS),
    notAfter: new Date(now.getTime() + days * DAY_MS),
  }
}
