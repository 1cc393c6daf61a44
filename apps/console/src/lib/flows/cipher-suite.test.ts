import { expect, it } from 'vitest'
import { cipherSuite } from './cipher-suite.ts'

it('names a suite, and leaves an unknown one as its number', () => {
  expect(cipherSuite('0x1302')).toBe('TLS_AES_256_GCM_SHA384')
  expect(cipherSuite('0xc02f')).toBe('TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256')
  expect(cipherSuite('0xfafa')).toBe('0xfafa')
  expect(cipherSuite('')).toBe('')
})
