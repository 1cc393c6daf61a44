import 'reflect-metadata'
import { createHash, randomUUID, type webcrypto } from 'node:crypto'
import { isIP } from 'node:net'
import {
  BasicConstraintsExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  Pkcs10CertificateRequest,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
  type X509Certificate,
} from '@peculiar/x509'

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const
const dayMs = 86_400_000

const generateKeys = () => crypto.subtle.generateKey(algorithm, true, ['sign', 'verify'])

async function toPrivatePem(key: webcrypto.CryptoKey): Promise<string> {
  const base64 = Buffer.from(await crypto.subtle.exportKey('pkcs8', key)).toString('base64')
  return `-----BEGIN PRIVATE KEY-----\n${base64.match(/.{1,64}/g)?.join('\n') ?? ''}\n-----END PRIVATE KEY-----\n`
}

/** A certificate authority made for one test. */
export class TestAuthority {
  readonly certificate: X509Certificate
  readonly #keys: webcrypto.CryptoKeyPair

  private constructor(certificate: X509Certificate, keys: webcrypto.CryptoKeyPair) {
    this.certificate = certificate
    this.#keys = keys
  }

  static async create(): Promise<TestAuthority> {
    const keys = await generateKeys()
    const certificate = await X509CertificateGenerator.createSelfSigned({
      name: `CN=Test authority ${randomUUID()}`,
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() + dayMs),
      keys,
      signingAlgorithm: algorithm,
      extensions: [
        new BasicConstraintsExtension(true, undefined, true),
        new KeyUsagesExtension(KeyUsageFlags.keyCertSign, true),
      ],
    })
    return new TestAuthority(certificate, keys)
  }

  get pem(): string {
    return `${this.certificate.toString('pem')}\n`
  }

  get fingerprint(): string {
    return createHash('sha256').update(Buffer.from(this.certificate.rawData)).digest('base64url')
  }

  /** A server certificate for these names and addresses: chain of leaf and authority, and its key. */
  async issueServer(names: readonly string[]): Promise<{ chain: string; key: string }> {
    const keys = await generateKeys()
    const subjectNames = names.map((value) => ({ type: isIP(value) ? ('ip' as const) : ('dns' as const), value }))
    const leaf = await this.#issue('CN=collector', keys.publicKey, [new SubjectAlternativeNameExtension(subjectNames)])
    return { chain: `${leaf.toString('pem')}\n${this.pem}`, key: await toPrivatePem(keys.privateKey) }
  }

  /** A sensor's chain for a signing request, as enrolment gives it. */
  async issueSensor(signingRequest: Uint8Array, sensorId: string): Promise<string> {
    const request = new Pkcs10CertificateRequest(new Uint8Array(signingRequest))
    if (!(await request.verify())) throw new Error('the signing request is not signed by its key')
    const leaf = await this.#issue(`CN=${sensorId}`, await request.publicKey.export(), [])
    return `${leaf.toString('pem')}\n${this.pem}`
  }

  /** Identity of a sensor without going through enrolment. */
  async issueIdentity(
    sensorId: string,
    lifeMs = 2 * dayMs,
  ): Promise<{ certificateChain: string; privateKey: string; authorities: string }> {
    const keys = await generateKeys()
    const leaf = await this.#issue(`CN=${sensorId}`, keys.publicKey, [], lifeMs)
    return {
      certificateChain: `${leaf.toString('pem')}\n${this.pem}`,
      privateKey: await toPrivatePem(keys.privateKey),
      authorities: this.pem,
    }
  }

  #issue(
    subject: string,
    publicKey: webcrypto.CryptoKey,
    extensions: SubjectAlternativeNameExtension[],
    lifeMs = 2 * dayMs,
  ): Promise<X509Certificate> {
    return X509CertificateGenerator.create({
      subject,
      issuer: this.certificate.subject,
      notBefore: new Date(Date.now() - dayMs),
      notAfter: new Date(Date.now() - dayMs + lifeMs),
      publicKey,
      signingKey: this.#keys.privateKey,
      signingAlgorithm: algorithm,
      extensions,
    })
  }
}
