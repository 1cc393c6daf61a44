import { Policy } from '@picket/proto'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { PolicyKeeper, toSettings, type SensorSettings } from './policy.ts'

describe('policy', () => {
  test('what it leaves out or makes no sense of comes from the sensor itself', () => {
    const policy = Policy.create({ revision: 2, idleTimeoutMs: 5000, activeTimeoutMs: 0, anomalyThreshold: 7 })
    expect(toSettings(policy)).toMatchObject({ idleTimeoutMs: 5000, activeTimeoutMs: 60_000, anomalyThreshold: 0.99 })
  })

  test('is in force at once, told only when it changes, and kept for the next start', async () => {
    const folder = temporaryFolder()
    const told: SensorSettings[] = []
    const keeper = new PolicyKeeper(folder, await PolicyKeeper.load(folder), (after) => told.push(after))
    const policy = Policy.create({ revision: 1, scanThreshold: 50, healthTargets: ['192.0.2.7'] })
    await keeper.apply(policy)
    await keeper.apply({ ...policy, revision: 2 })
    expect(told).toHaveLength(1)
    expect(await PolicyKeeper.load(folder)).toEqual(told[0])
    expect(told[0]).toMatchObject({ scanThreshold: 50, healthTargets: ['192.0.2.7'] })
  })
})
