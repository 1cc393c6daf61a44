import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, verify, type KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { authorityUnreadable } from '../errors.ts'
import { createPrivateFile, ensurePrivateFolder, readIfPresent } from './private-file.ts'

/** Octets of a raw Ed25519 public key, the tail of its SPKI encoding (RFC 8410). */
const RAW_KEY_OCTETS = 32

/** The Ed25519 key (RFC 8032) that signs models, in PICKET_DATA/ca/model-signing.pem. */
export class SigningKey {
  readonly #key: KeyObject

  private constructor(key: KeyObject) {
    this.#key = key
  }

  /** Reads the key, or makes it where there is none. */
  static async open(dataFolder: string): Promise<SigningKey> {
    const folder = join(dataFolder, 'ca')
    await ensurePrivateFolder(folder)
    const file = join(folder, 'model-signing.pem')
    const pem = (await readIfPresent(file)) ?? (await createPrivateFile(file, newKey()))
    try {
      const key = createPrivateKey(pem)
      if (key.asymmetricKeyType !== 'ed25519') throw new Error(`found a key of type ${key.asymmetricKeyType}`)
      return new SigningKey(key)
    } catch (error) {
      throw authorityUnreadable(file, error)
    }
  }

  /** Raw public key, 32 octets. */
  get publicKey(): Uint8Array {
    const spki = createPublicKey(this.#key.export({ type: 'pkcs8', format: 'pem' }))
    return new Uint8Array(spki.export({ type: 'spki', format: 'der' }).subarray(-RAW_KEY_OCTETS))
  }

  /** Signature of a model archive's SHA-256, 64 octets. */
  sign(sha256: Uint8Array): Uint8Array {
    return new Uint8Array(sign(null, sha256, this.#key))
  }

  /** Whether this key made the signature. */
  hasSigned(sha256: Uint8Array, signature: Uint8Array): boolean {
    return verify(null, sha256, createPublicKey(this.#key.export({ type: 'pkcs8', format: 'pem' })), signature)
  }
}

function newKey(): string {
  return generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString()
}
