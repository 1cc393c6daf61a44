import { hash, verify } from '@node-rs/argon2'

/**
 * argon2id, 19 MiB, two passes, one lane: the first choice of the OWASP password storage guidance; about 50 ms on one core.
 * The algorithm is the library's default (argon2id); its const enum cannot be imported where types are only stripped.
 */
const PARAMETERS = { memoryCost: 19_456, timeCost: 2, parallelism: 1 }

/** Returns a PHC string: $argon2id$v=19$m=19456,t=2,p=1$salt$hash */
export function hashPassword(password: string): Promise<string> {
  return hash(password, PARAMETERS)
}

export async function verifyPassword(stored: string, password: string): Promise<boolean> {
  try {
    return await verify(stored, password)
  } catch {
    return false // not a PHC string: treated as a wrong password, never as an error a caller could tell apart
  }
}
