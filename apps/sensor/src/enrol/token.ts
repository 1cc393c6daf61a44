/** What an enrolment token carries. */
export interface EnrolmentToken {
  /** 32 random bytes, base64url without padding: what the collector is given. */
  readonly secret: string
  /** SHA-256 of the authority certificate's DER, base64url without padding: what the collector must show. */
  readonly fingerprint: string
}

// 32 bytes are 43 characters in base64url, whose alphabet holds "_": the parts are told apart by length alone.
const form = /^picket1_([A-Za-z0-9_-]{43})_([A-Za-z0-9_-]{43})$/

/** Reads `picket1_SECRET_FINGERPRINT`; white space around it is allowed. */
export function parseToken(text: string): EnrolmentToken | undefined {
  const match = form.exec(text.trim())
  if (!match?.[1] || !match[2]) return undefined
  return { secret: match[1], fingerprint: match[2] }
}
