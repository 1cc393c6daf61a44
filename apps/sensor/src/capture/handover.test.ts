import { afterEach, expect, test, vi } from 'vitest'
import type { Capture } from './capture.ts'
import { Handover } from './handover.ts'

/** An interface with so many pieces of flows in its table, each handed on as nothing. */
function captureOf(pieces: number): Capture {
  const endSome = () => pieces-- > 0
  return { endSome, take: () => ({ flows: [], gaps: [], packetsRead: 0, clockUs: 0 }) } as unknown as Capture
}

afterEach(() => vi.restoreAllMocks())

test('the end waits for what was handed on for three seconds, then tells to hurry once and hands on the rest unwaited', async () => {
  let nowMs = 1_000
  vi.spyOn(performance, 'now').mockImplementation(() => nowMs)
  const sink = vi.fn<() => void>()
  const hurry = vi.fn<() => void>()
  const settled = vi.fn(async () => {
    nowMs += 1_000
  })
  await new Handover(sink).finish([captureOf(10)], { settled, hurry })
  expect(settled).toHaveBeenCalledTimes(3)
  expect(hurry).toHaveBeenCalledTimes(1)
  expect(sink).toHaveBeenCalledTimes(12)
})

test('an end in time hurries nobody', async () => {
  const hurry = vi.fn<() => void>()
  const settled = vi.fn(async () => {})
  await new Handover(() => {}).finish([captureOf(10)], { settled, hurry })
  expect(settled).toHaveBeenCalledTimes(10)
  expect(hurry).not.toHaveBeenCalled()
})
