import { expect, test } from 'vitest'
import { classSourceTitle } from './traffic-class.ts'

test('what told the class is said in words, and a scan is not told by its protocol', () => {
  expect(classSourceTitle('recogniser')).toContain('the protocol itself')
  expect(classSourceTitle('behaviour')).toContain('attempts')
  expect(classSourceTitle(null)).toBe('')
})
