import { expect, test } from 'vitest'
import { BudgetKeeper } from './budget-keeper.ts'

test('each step is told once, with its name and time', async () => {
  let nowUs = 1_000_000
  let cpuUs = 0
  const steps: unknown[] = []
  const keeper = new BudgetKeeper({
    limits: { cpuCores: 0.1 },
    nowUs: () => nowUs,
    measure: () => ({ cpuUs, memoryBytes: 0 }),
    onStep: (rung, { source, cause, startUs }, use) => steps.push([rung, source, cause, startUs, use.cpuCores]),
  })
  await keeper.start()
  const check = (cores: number): void => {
    nowUs += 1_000_000
    cpuUs += cores * 1_000_000
    keeper.check()
  }
  for (let i = 0; i < 3; i++) check(0.5)
  for (let i = 0; i < 12; i++) check(0)
  await keeper.stop()
  expect(steps).toEqual([
    [1, 'budget', 'without-recognition', 3_000_000, 0.5],
    [0, 'budget', 'everything', 14_000_000, 0],
  ])
})
