import { expect, test } from 'vitest'
import { text } from '../../test/packets.ts'
import { readText } from './byte-text.ts'

test('text is what the octets say, printable or not, however often and wherever it stands', () => {
  const bytes = text('.example.com\u0000x')
  for (let turn = 0; turn < 2; turn++) {
    expect(readText(bytes, 1, 12)).toBe('example.com')
    expect(readText(bytes, 9, 14)).toBe('com?x')
    expect(readText(bytes, 4, 4)).toBe('')
    expect(readText(bytes, 5, 4)).toBe('')
  }
  expect(readText(text('a'.repeat(300)), 0, 300)).toBe('a'.repeat(300))
})

test('texts that share a place in the memory of texts are told apart', () => {
  const names = Array.from({ length: 5_000 }, (_, i) => `host-${i}.example.com`)
  for (const name of [...names, ...names]) expect(readText(text(name), 0, name.length)).toBe(name)
})
