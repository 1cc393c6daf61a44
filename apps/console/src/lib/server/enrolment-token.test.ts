import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { createEnrolmentToken, isFingerprint } from './enrolment-token.ts'

const fingerprint = 'A_-'.padEnd(43, 'z')

test('a token is prefix, secret and fingerprint, and only the hash is left to store', () => {
  const { text, secretHash } = createEnrolmentToken(fingerprint)
  // Fixed lengths, since base64url text may itself hold an underscore.
  expect(text).toHaveLength(8 + 43 + 1 + 43)
  expect(text.slice(0, 8)).toBe('picket1_')
  expect(text.slice(-44)).toBe(`_${fingerprint}`)
  const secret = text.slice(8, 51)
  expect(Buffer.from(secret, 'base64url')).toHaveLength(32)
  expect(secretHash).toEqual(createHash('sha256').update(secret).digest())
})

test('no two tokens are alike', () => {
  expect(createEnrolmentToken(fingerprint).text).not.toBe(createEnrolmentToken(fingerprint).text)
})

test('a fingerprint is 43 characters of base64url', () => {
  expect(isFingerprint(fingerprint)).toBe(true)
  expect(isFingerprint('')).toBe(false)
  expect(isFingerprint(`${fingerprint}=`)).toBe(false)
})
