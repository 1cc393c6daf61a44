import { createHash, randomBytes } from 'node:crypto'

/** Octets of the secret in a token. */
const SECRET_OCTETS = 32

export interface EnrolmentToken {
  /** `picket1_<secret>_<fingerprint>`: shown once, never stored, never logged. */
  text: string
  /** SHA-256 of the secret's text: all that the store keeps. */
  secretHash: Uint8Array
}

/**
 * A new enrolment token. `fingerprint` is the SHA-256 of the collector's CA certificate in base64url, by which a sensor
 * knows that it speaks with this collector before it trusts any certificate. `random` is for tests.
 */
export function createEnrolmentToken(
  fingerprint: string,
  random: (octets: number) => Buffer = randomBytes,
): EnrolmentToken {
  const secret = random(SECRET_OCTETS).toString('base64url')
  return {
    text: `picket1_${secret}_${fingerprint}`,
    secretHash: createHash('sha256').update(secret, 'utf8').digest(),
  }
}

/** A CA fingerprint as tokens carry it: 32 octets in base64url without padding. */
export const isFingerprint = (text: string): boolean => /^[A-Za-z0-9_-]{43}$/.test(text)
