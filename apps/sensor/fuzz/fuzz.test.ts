import { expect, test } from 'vitest'
import { foundCases, framesOf } from './corpus.ts'
import { fuzz, replay, TARGETS } from './run.ts'
import { toPcap } from './to-pcap.ts'

const INPUTS: Record<string, number> = { decode: 30_000, recognise: 15_000, pcap: 150 }

test.each(Object.keys(TARGETS))('%s: mutated cases break nothing', async (target) => {
  expect(await fuzz({ target, inputs: INPUTS[target], seed: 7 })).toBeUndefined()
})

test('what fuzzing found stays mended', async () => {
  for (const target of ['decode', 'recognise']) {
    for (const path of foundCases(target)) expect(await replay(target, await framesOf([path])), path).toBeUndefined()
  }
})

test('a failure names its input', async () => {
  TARGETS.broken = () => ({
    feed: (input) => {
      if (input.length > 60) throw new Error('too long')
    },
    settle: () => undefined,
    close: () => undefined,
  })
  const failure = await fuzz({ target: 'broken', inputs: 10_000, seed: 1 })
  delete TARGETS.broken
  expect(failure?.reason).toContain('too long')
  expect(failure?.inputs).toHaveLength(1)
  expect(toPcap(failure?.inputs ?? []).length).toBe(24 + 16 + (failure?.inputs[0].length ?? 0))
})
