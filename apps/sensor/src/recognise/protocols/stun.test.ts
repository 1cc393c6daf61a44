import { expect, test } from 'vitest'
import { recognise } from '../../../test/heads.ts'
import { concat, text, uint16 } from '../../../test/packets.ts'
import { Verdict } from '../recogniser.ts'
import { stun } from './stun.ts'

const MAGIC = uint16(0x2112, 0xa442)
const TRANSACTION = new Uint8Array(12).fill(7)

function attribute(type: number, value: Uint8Array): Uint8Array {
  return concat(uint16(type, value.length), value, new Uint8Array((4 - (value.length & 3)) & 3))
}

function message(type: number, ...attributes: Uint8Array[]): Uint8Array {
  const body = concat(...attributes)
  return concat(uint16(type, body.length), MAGIC, TRANSACTION, body)
}

test.each([
  ['teams', 'allocate with the version of MS-TURN', message(0x0003, attribute(0x8008, uint16(0, 6)))],
  ['teams', 'binding with an attribute of its own', message(0x0001, attribute(0x8070, uint16(0, 3)))],
  ['whatsapp', 'allocate with a token', message(0x0003, attribute(0x4000, new Uint8Array(8)))],
  ['telegram', 'a relay that names its realm', message(0x0113, attribute(0x0014, text('telegram.org')))],
  ['', 'a realm of anybody', message(0x0113, attribute(0x0014, text('__proto__')))],
])('%s: %s', (application, _name, octets) => {
  const { verdict, facts } = recognise(stun, octets)
  expect([verdict, facts.application]).toEqual([Verdict.YES, application])
})

test('zoom: a binding from before the magic, with an attribute of its own', () => {
  const value = text('12345678901234567890')
  const octets = concat(uint16(0x0001, 4 + value.length), new Uint8Array(16).fill(9), attribute(0x0101, value))
  expect(recognise(stun, octets).facts.application).toBe('zoom')
})

test('whatsapp: its own type with a token of 102 octets, which STUN would not allow', () => {
  const token = new Uint8Array(102).fill(5)
  const octets = concat(uint16(0x0800, 4 + token.length), MAGIC, TRANSACTION, uint16(0x4000, token.length), token)
  expect(recognise(stun, octets).facts.application).toBe('whatsapp')
  octets[20] = 0x41
  expect(recognise(stun, octets).verdict).toBe(Verdict.NO)
})
