import { expect, test } from 'vitest'
import { mutate } from '../../../fuzz/mutate.ts'
import { Random } from '../../../fuzz/random.ts'
import { concat, text, uint16, uint32 } from '../../../test/packets.ts'
import { recognise } from '../../../test/heads.ts'
import { CRYPTO_FRAME, RFC_9001, RFC_9369, sealInitial } from '../../../test/quic-initial.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { type Head, Verdict } from '../recogniser.ts'
import { clientInitialKeys } from './initial-keys.ts'
import { quic } from './quic.ts'

const CONNECTION_ID = Buffer.from('8394c8f03e515708', 'hex')

test.each([
  ['RFC 9001 appendix A.1', 1, RFC_9001],
  ['RFC 9369 appendix A.1', 0x6b3343cf, RFC_9369],
])('keys of %s', (_name, version, vector) => {
  const keys = clientInitialKeys(version, CONNECTION_ID)
  expect(keys?.key.export().toString('hex')).toBe(vector.key)
  expect(keys?.iv.toString('hex')).toBe(vector.iv)
  expect(keys?.headerProtection.export().toString('hex')).toBe(vector.hp)
})

test.each([
  [
    'RFC 9001 appendix A.2',
    RFC_9001,
    'c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123',
    'q13d0211an',
  ],
  [
    'RFC 9369 appendix A.2',
    RFC_9369,
    'd76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de80',
    'q13d0211an',
  ],
])('the client Initial of %s', (_name, vector, published, fingerprint) => {
  const packet = sealInitial(vector, CRYPTO_FRAME)
  expect(Buffer.from(packet).toString('hex')).toMatch(new RegExp(`^${published}`))
  const { verdict, facts } = recognise(quic, packet)
  expect([verdict, facts.isComplete, facts.hostName]).toEqual([Verdict.YES, true, 'example.com'])
  expect(facts.tls).toMatchObject({ serverName: 'example.com', alpn: 'alpn', version: '1.3' })
  expect(facts.tls?.ja4.slice(0, 10)).toBe(fingerprint)
})

test('a hello spread over two packets, its pieces out of order', () => {
  const hello = CRYPTO_FRAME.subarray(4)
  const piece = (from: number, to: number): Uint8Array =>
    concat(Uint8Array.of(6), uint16(0x4000 | from, 0x4000 | (to - from)), hello.subarray(from, to))
  const first = sealInitial(RFC_9001, concat(piece(100, 180), Uint8Array.of(1), piece(0, 60)))
  const second = { ...RFC_9001, header: RFC_9001.header.replace(/02$/, '03') }
  const memory = new Uint32Array(4)
  const { facts, verdict } = recognise(quic, first, { memory })
  expect([verdict, facts.isComplete, facts.tls?.serverName]).toEqual([Verdict.YES, false, ''])
  recognise(quic, sealInitial(second, concat(piece(180, hello.length), piece(60, 100))), { memory, facts })
  expect([facts.isComplete, facts.hostName]).toEqual([true, 'example.com'])
})

test('a packet that was changed is QUIC without facts of its hello; cut ones are no exception', () => {
  const packet = sealInitial(RFC_9001, CRYPTO_FRAME)
  const changed = Uint8Array.from(packet)
  changed[600] ^= 1
  expect(recognise(quic, changed).facts.hostName).toBe('')
  for (let length = 0; length < packet.length; length += 7)
    expect(recognise(quic, packet.subarray(0, length)).facts.hostName).toBe('')
})

test('a hello that is not whole gives the name that is in it, and says that it was cut', () => {
  const hello = CRYPTO_FRAME.subarray(4)
  const begun = concat(Uint8Array.of(6), uint16(0x4000, 0x4000 | 120), hello.subarray(0, 120))
  const cut = { hostName: 'example.com', fields: { 'quic.version': '0x00000001', 'tls.client.hello_cut': 'true' } }
  const { facts, head } = recogniseHead(sealInitial(RFC_9001, begun))
  quic.conclude?.(head, facts)
  expect(facts).toMatchObject({ ...cut, tls: { ja4: '', serverName: 'example.com' } })
  const whole = sealInitial(RFC_9001, CRYPTO_FRAME)
  const snapped = recogniseHead(whole.subarray(0, 180), whole.length)
  quic.conclude?.(snapped.head, snapped.facts)
  expect(snapped.facts).toMatchObject({ ...cut, tls: { ja4: '' } })
})

function recogniseHead(octets: Uint8Array, wireLength = octets.length): { facts: FlowFacts; head: Head } {
  const memory = new Uint32Array(4)
  const { facts } = recognise(quic, octets, { memory, wireLength })
  return { facts, head: { memory, memoryAt: 0 } as Head }
}

test('frames of any kind in a packet that is sound do no harm', () => {
  const random = new Random(3)
  const into = new Uint8Array(4_096)
  for (let i = 0; i < 2_000; i++) {
    const length = Math.min(1_100, mutate(random, CRYPTO_FRAME, CRYPTO_FRAME, into))
    const { verdict, facts } = recognise(quic, sealInitial(RFC_9001, into.subarray(0, length)))
    expect(verdict).toBe(Verdict.YES)
    expect(facts.hostName.length).toBeLessThanOrEqual(255)
  }
})

test('the hello of Google before the standard is in clear', () => {
  const values = concat(text('www.example.org'), text('x'))
  const tags = concat(text('SNI\0'), little(15), text('PAD\0'), little(16))
  const hello = concat(text('CHLO'), Uint8Array.of(2, 0, 0, 0), tags, values)
  const header = concat(
    Uint8Array.of(0x0d),
    new Uint8Array(8).fill(5),
    text('Q039'),
    Uint8Array.of(1),
    new Uint8Array(12),
  )
  const { verdict, facts } = recognise(quic, concat(header, Uint8Array.of(0xa0, 1, 0, 0), hello))
  expect([verdict, facts.hostName, facts.get('quic.version')]).toEqual([Verdict.YES, 'www.example.org', 'Q039'])
})

test('three short headers with one connection id on port 443; other octets are none', () => {
  const memory = new Uint32Array(4)
  const packet = (first: number): Uint8Array =>
    concat(Uint8Array.of(first), new Uint8Array(8).fill(9), new Uint8Array(20).fill(first))
  const verdicts = [0x41, 0x5f, 0x42].map(
    (first) => recognise(quic, packet(first), { memory, destinationPort: 443 }).verdict,
  )
  expect(verdicts).toEqual([Verdict.MORE, Verdict.MORE, Verdict.YES])
  expect(recognise(quic, packet(0x41), { destinationPort: 4_433 }).verdict).toBe(Verdict.NO)
  expect(recognise(quic, concat(Uint8Array.of(0xc3), uint32(0x1234_5678), new Uint8Array(30))).verdict).toBe(Verdict.NO)
})

function little(value: number): Uint8Array {
  return uint32(value).toReversed()
}
