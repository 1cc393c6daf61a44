import { expect, test } from 'vitest'
import { recognise } from '../../../test/heads.ts'
import { concat, text } from '../../../test/packets.ts'
import { Verdict } from '../recogniser.ts'
import { readFirstHeaderBlock } from './hpack.ts'
import { http2 } from './http2.ts'

const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replaceAll(' ', ''), 'hex'))
const PREFACE = text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n')
const SETTINGS = hex('000000 04 00 00000000')
/** RFC 7541 appendix C.4.1: GET http://www.example.com/ with Huffman's code. */
const REQUEST = hex('8286 8441 8cf1 e3c2 e5f2 3a6b a0ab 90f4 ff')

function headers(block: Uint8Array, flags = 4): Uint8Array {
  return concat(Uint8Array.of(0, 0, block.length, 1, flags, 0, 0, 0, 1), block)
}

test.each([
  ['C.3.1, without the code', hex('8286 8441 0f77 7777 2e65 7861 6d70 6c65 2e63 6f6d')],
  ['C.4.1, with it', REQUEST],
])('the request of RFC 7541 appendix %s', (_name, block) => {
  expect([...readFirstHeaderBlock(block, 0, block.length)]).toEqual([
    [':method', 'GET'],
    [':scheme', 'http'],
    [':path', '/'],
    [':authority', 'www.example.com'],
  ])
})

test('the response of RFC 7541 appendix C.6.1', () => {
  const block = hex(
    '4882 6402 5885 aec3 771a 4b61 96d0 7abe 9410 54d4 44a8 2005 9504 0b81 66e0 82a6 2d1b ff6e 919d 29ad 1718 63c7 8f0b 97c8 e9ae 82ae 43d3',
  )
  expect(Object.fromEntries(readFirstHeaderBlock(block, 0, block.length))).toEqual({
    ':status': '302',
    'cache-control': 'private',
    date: 'Mon, 21 Oct 2013 20:13:21 GMT',
    location: 'https://www.example.com',
  })
})

test('request and response of a connection, the first in pieces', () => {
  const whole = concat(PREFACE, SETTINGS, headers(REQUEST))
  const cut = recognise(http2, whole.subarray(0, whole.length - 4))
  expect([cut.verdict, cut.facts.http?.method]).toEqual([Verdict.KEEP, ''])
  const { facts } = recognise(http2, whole)
  expect(facts).toMatchObject({ hostName: 'www.example.com', protocol: 'http2', isComplete: false })
  recognise(http2, concat(SETTINGS, headers(hex('88'))), { facts, forward: false })
  expect(facts.http).toMatchObject({ method: 'GET', statusCode: 200 })
  expect(facts.isComplete).toBe(true)
})

test('a content type of gRPC makes it gRPC', () => {
  const type = text('application/grpc+proto')
  const block = concat(hex('83 86 84'), Uint8Array.of(0x0f, 0x10, type.length), type)
  expect(recognise(http2, concat(PREFACE, SETTINGS, headers(block))).facts.protocol).toBe('grpc')
})

test('a block that ends anywhere does no harm', () => {
  for (let length = 0; length < REQUEST.length; length++) {
    expect(readFirstHeaderBlock(REQUEST, 0, length).size).toBeLessThanOrEqual(4)
  }
})
