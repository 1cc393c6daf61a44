import { zstdCompressSync } from 'node:zlib'
import { Records } from '@picket/proto'
import { expect, test } from 'vitest'
import { decodePayload } from './payload.ts'

const encode = (records: Records) => Records.encode(records).finish()

test('records come back as they were sent', async () => {
  const records = Records.fromPartial({ flows: [{ interface: 'eth0', startUs: 1_795_384_000_000_000 }] })
  expect(await decodePayload(zstdCompressSync(encode(records)))).toEqual({ ok: true, records })
})

test('a batch without records is a batch', async () => {
  expect(await decodePayload(zstdCompressSync(new Uint8Array()))).toMatchObject({ ok: true })
})

test.each([
  ['nothing', new Uint8Array()],
  ['no zstd', Uint8Array.of(1, 2, 3, 4)],
  ['a truncated frame', zstdCompressSync(new Uint8Array(5_000).fill(10)).subarray(0, 12)],
  ['no protobuf', zstdCompressSync(new Uint8Array(100).fill(0xff))],
  ['a length beyond the end', zstdCompressSync(Uint8Array.of(10, 100, 1))],
])('%s is undecodable', async (_name, payload) => {
  expect(await decodePayload(payload)).toMatchObject({ ok: false, code: 'undecodable' })
})

test('a small frame that unfolds to more than 16 MiB is too large', async () => {
  const bomb = zstdCompressSync(new Uint8Array(64 * 1024 * 1024))
  expect(bomb.length).toBeLessThan(10_000)
  expect(await decodePayload(bomb)).toMatchObject({ ok: false, code: 'too-large' })
})

test('a million empty flows are too large before any of them becomes an object', async () => {
  const plain = new Uint8Array(2_000_000)
  for (let at = 0; at < plain.length; at += 2) plain[at] = 10
  expect(await decodePayload(zstdCompressSync(plain))).toMatchObject({ ok: false, code: 'too-large' })
})

test('one record that is a megabyte long is too large', async () => {
  const records = Records.fromPartial({ flows: [{ firstLengths: Array(600_000).fill(1) }] })
  expect(await decodePayload(zstdCompressSync(encode(records)))).toMatchObject({ ok: false, code: 'too-large' })
})
