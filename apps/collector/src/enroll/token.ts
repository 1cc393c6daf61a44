import { createHash, randomBytes } from 'node:crypto'

const SECRET_OCTETS = 32
const DEFAULT_MINUTES = 60

/** How long a token counts when nobody says: long enough to walk to the host. */
export const TOKEN_MINUTES = DEFAULT_MINUTES

/** A new secret, base64url without padding, 43 characters. */
export function newSecret(): string {
  return randomBytes(SECRET_OCTETS).toString('base64url')
}

/** Token text as an operator copies it: `picket1_<secret>_<fingerprint of the authority>`. */
export function tokenText(secret: string, fingerprint: string): string {
  return `picket1_${secret}_${fingerprint}`
}

/** What the store keeps of a secret: SHA-256 of its text, 32 octets. */
export function secretHash(secret: string): Uint8Array {
  return new Uint8Array(createHash('sha256').update(secret, 'utf8').digest())
}
