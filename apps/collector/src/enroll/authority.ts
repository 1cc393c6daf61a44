import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { join } from 'node:path'
import type { PublicKey, X509Certificate } from '@peculiar/x509'
import { authorityUnreadable } from '../errors.ts'
import { createAuthority, createServer, fromPem, issueSensor, namesOf, toPem } from './certificates.ts'
import type { KeyedCertificate } from './certificates.ts'
import { createPrivateFile, ensurePrivateFolder, readIfPresent, replacePrivateFile } from './private-file.ts'

const DAY_MS = 86_400_000

/** A server certificate is replaced when it has less than this left. */
const RENEW_SERVER_WITHIN_DAYS = 60

/** What TLS needs of a server: PEM texts. */
export interface ServerIdentity {
  key: string
  /** Leaf, then authority: the sensor pins the authority that is sent along. */
  chain: string
  notAfter: Date
}

/**
 * The fleet's own certificate authority, in PICKET_DATA/ca: `authority.pem` (key and certificate), `authority.crt` (the
 * certificate alone, for people) and `server.pem`. Nothing leaves the folder but certificates.
 */
export class Authority {
  readonly #folder: string
  readonly #pair: KeyedCertificate

  private constructor(folder: string, pair: KeyedCertificate) {
    this.#folder = folder
    this.#pair = pair
  }

  /** Reads the authority, or makes it where there is none; refuses to replace one that it cannot read. */
  static async open(dataFolder: string, now = new Date()): Promise<Authority> {
    const folder = join(dataFolder, 'ca')
    await ensurePrivateFolder(folder)
    const file = join(folder, 'authority.pem')
    const pem = (await readIfPresent(file)) ?? (await createPrivateFile(file, await toPem(await createAuthority(now))))
    const authority = new Authority(folder, await readPair(file, pem))
    const copy = join(folder, 'authority.crt')
    if ((await readIfPresent(copy)) !== authority.certificatePem) {
      await replacePrivateFile(copy, authority.certificatePem)
    }
    return authority
  }

  get certificatePem(): string {
    return `${this.#pair.certificate.toString('pem')}\n`
  }

  /** SHA-256 of the certificate's DER, base64url without padding: the third part of every token. */
  get fingerprint(): string {
    return createHash('sha256').update(Buffer.from(this.#pair.certificate.rawData)).digest('base64url')
  }

  /** The server's key and certificate; a new one when names changed, when it nears its end, or after another authority. */
  async serverIdentity(names: readonly string[], now = new Date()): Promise<ServerIdentity> {
    const file = join(this.#folder, 'server.pem')
    const wanted = serverNames(names)
    const pem = await readIfPresent(file)
    const known = pem === undefined ? undefined : await readPair(file, pem)
    if (known && (await this.#stillServes(known, wanted, now))) return this.#toIdentity(known)
    const issued = await createServer(this.#pair, wanted, now)
    await replacePrivateFile(file, await toPem(issued))
    return await this.#toIdentity(issued)
  }

  /** A client certificate whose common name is the sensor's identifier. */
  async issueSensor(sensorId: string, publicKey: PublicKey, now = new Date()): Promise<X509Certificate> {
    return await issueSensor(this.#pair, sensorId, publicKey, now)
  }

  async #stillServes(known: KeyedCertificate, names: readonly string[], now: Date): Promise<boolean> {
    const remaining = known.certificate.notAfter.getTime() - now.getTime()
    if (remaining < RENEW_SERVER_WITHIN_DAYS * DAY_MS) return false
    if (namesOf(known.certificate).join() !== names.join()) return false
    return await known.certificate.verify({ publicKey: this.#pair.certificate.publicKey, signatureOnly: true })
  }

  async #toIdentity(pair: KeyedCertificate): Promise<ServerIdentity> {
    const pem = await toPem(pair)
    return {
      key: pem.slice(0, pem.indexOf('-----BEGIN CERTIFICATE-----')),
      chain: `${pair.certificate.toString('pem')}\n${this.certificatePem}`,
      notAfter: pair.certificate.notAfter,
    }
  }
}

/** This machine's own names and the configured ones, sorted, in the form certificates hold them. */
function serverNames(names: readonly string[]): string[] {
  const own = ['localhost', '127.0.0.1', '::1', hostname().toLowerCase()]
  return [...new Set([...own, ...names.map((name) => name.toLowerCase())])].sort()
}

async function readPair(file: string, pem: string): Promise<KeyedCertificate> {
  try {
    return await fromPem(pem)
  } catch (error) {
    throw authorityUnreadable(file, error)
  }
}
