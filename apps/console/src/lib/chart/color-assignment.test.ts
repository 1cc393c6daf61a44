import { expect, it } from 'vitest'
import { ColorAssignment } from './color-assignment.ts'

it('keeps the colour of a line while ranks change', () => {
  const colors = new ColorAssignment()
  const first = colors.assign(['b', 'a', 'c'])
  const second = colors.assign(['c', 'd', 'b'])
  expect(second.get('b')).toBe(first.get('b'))
  expect(second.get('c')).toBe(first.get('c'))
  expect(new Set(second.values()).size).toBe(3)
})

it('gives twelve lines twelve colours and starts again after that', () => {
  const colors = new ColorAssignment()
  const ids = Array.from({ length: 14 }, (_, i) => `line ${i}`)
  expect(new Set(colors.assign(ids.slice(0, 12)).values()).size).toBe(12)
  expect(colors.assign(ids).size).toBe(14)
})
