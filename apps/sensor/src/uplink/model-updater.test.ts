import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { SensorServiceClient, type ModelOffer, type ModelStatus } from '@picket/proto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { TestCollector } from '../../test/test-collector.ts'
import { Telemetry } from '../telemetry.ts'
import { createCredentials } from './credentials.ts'
import { ModelUpdater } from './model-updater.ts'
import { withdrawnModels } from './withdrawn-models.ts'

const featureSetHash = 'a'.repeat(64)
const bundled = 'anomaly-forest-bundled'
const wanted = { modelId: 'anomaly-forest-0123', kind: 'anomaly-forest', featureSetHash }

async function setUp() {
  const collector = await TestCollector.create()
  const identity = await collector.createIdentity()
  const client = new SensorServiceClient(`127.0.0.1:${collector.streamPort}`, createCredentials(identity))
  onTestFinished(() => {
    client.close()
    collector.stop()
  })
  const folder = join(temporaryFolder(), 'models')
  const taken: Uint8Array[] = []
  const activeModels: Record<string, string> = {}
  const target = {
    activeModels,
    replaceModel: (archive: Uint8Array, { kind, modelId }: { kind: string; modelId: string }) => {
      taken.push(archive)
      activeModels[kind] = modelId
      return Promise.resolve()
    },
    restoreBundled: (kind: string, withdrawn: ReadonlySet<string>) => {
      if (withdrawn.has(bundled)) delete activeModels[kind]
      else activeModels[kind] = bundled
      return Promise.resolve()
    },
  }
  const updater = new ModelUpdater({ folder, featureSetHash, target, telemetry: new Telemetry() })
  const handle = async (offer: ModelOffer): Promise<ModelStatus[]> => {
    const statuses: ModelStatus[] = []
    await updater.handle(offer, client, (status) => statuses.push(status))
    return statuses
  }
  const withdraw = async (modelId: string): Promise<ModelStatus[]> => {
    const statuses: ModelStatus[] = []
    const withdrawal = { modelId, kind: wanted.kind, reason: 'the traffic changed' }
    await updater.withdraw(withdrawal, (status) => statuses.push(status))
    return statuses
  }
  return { collector, folder, taken, handle, withdraw, activeModels }
}

describe('model offers', () => {
  test('a whole model is taken into use, kept, and not fetched again', async () => {
    const { collector, folder, taken, handle } = await setUp()
    const archive = randomBytes(10_000)
    const offer = collector.offer(archive, wanted)
    expect((await handle(offer)).map(({ state }) => state)).toEqual(['downloaded', 'active'])
    expect(Buffer.from(taken[0] ?? [])).toEqual(archive)
    expect(existsSync(join(folder, 'anomaly-forest.archive'))).toBe(true)
    expect((await handle(offer)).map(({ state }) => state)).toEqual(['active'])
    expect(collector.downloadOffsets).toEqual([0])
  })

  test('a withdrawn model gives way to the bundled one, that one to none, over a restart too, until it is offered again', async () => {
    const { collector, folder, handle, withdraw, activeModels } = await setUp()
    const offer = collector.offer(randomBytes(1000), wanted)
    await handle(offer)
    expect(await withdraw(wanted.modelId)).toEqual([
      { modelId: wanted.modelId, state: 'withdrawn', detail: 'the traffic changed' },
      { modelId: bundled, state: 'active', detail: '' },
    ])
    expect(existsSync(join(folder, 'anomaly-forest.archive'))).toBe(false)
    expect((await withdraw(bundled)).map(({ state }) => state)).toEqual(['withdrawn'])
    expect(activeModels).toEqual({})
    expect(await withdrawnModels(folder)).toEqual(new Set([wanted.modelId, bundled]))
    expect((await handle(offer)).at(-1)?.state).toBe('active')
    expect(await withdrawnModels(folder)).toEqual(new Set([bundled]))
    expect((await withdraw('anomaly-forest-other')).map(({ state }) => state)).toEqual(['withdrawn', 'active'])
    expect(activeModels).toEqual({ [wanted.kind]: wanted.modelId })
  })

  test('altered bytes are refused and not kept', async () => {
    const { collector, folder, taken, handle } = await setUp()
    const archive = randomBytes(5000)
    const offer = collector.offer(archive, wanted)
    const altered = Buffer.from(archive)
    altered[2500] = (altered[2500] ?? 0) ^ 1
    collector.models.set(wanted.modelId, altered)
    expect(await handle(offer)).toMatchObject([{ state: 'refused', detail: expect.stringContaining('SHA-256') }])
    expect(taken).toEqual([])
    collector.models.set(wanted.modelId, archive)
    expect((await handle(offer)).at(-1)?.state).toBe('active')
    expect(existsSync(join(folder, 'anomaly-forest.archive'))).toBe(true)
  })

  test('a longer file than offered is refused', async () => {
    const { collector, handle } = await setUp()
    const archive = randomBytes(3000)
    const offer = collector.offer(archive, wanted)
    collector.models.set(wanted.modelId, Buffer.concat([archive, randomBytes(5000)]))
    expect(await handle(offer)).toMatchObject([{ state: 'refused' }])
  })

  test('an interrupted download goes on where it ended', async () => {
    const { collector, taken, handle } = await setUp()
    const archive = randomBytes(9000)
    const offer = collector.offer(archive, wanted)
    collector.breakDownloadAfter = 4096
    expect((await handle(offer)).at(-1)?.state).toBe('active')
    expect(collector.downloadOffsets).toEqual([0, 4096])
    expect(Buffer.from(taken[0] ?? [])).toEqual(archive)
  })

  test.each([
    ['a signature by another key', (offer: ModelOffer) => ({ ...offer, signature: randomBytes(64) }), 'signature'],
    ['another feature set', (offer: ModelOffer) => ({ ...offer, featureSetHash: 'b'.repeat(64) }), 'feature set'],
    ['a name that is a path', (offer: ModelOffer) => ({ ...offer, modelId: '../../key.pem' }), 'identifier'],
    ['a size beyond reason', (offer: ModelOffer) => ({ ...offer, sizeBytes: 2 ** 40 }), 'size'],
  ])('%s is refused before anything is fetched', async (_what, alter, reason) => {
    const { collector, handle } = await setUp()
    const offer = collector.offer(randomBytes(2000), wanted)
    expect(await handle(alter(offer))).toMatchObject([{ state: 'refused', detail: expect.stringContaining(reason) }])
    expect(collector.downloadOffsets).toEqual([])
  })

  test('a model the collector does not have is reported as failed', async () => {
    const { collector, handle } = await setUp()
    const offer = collector.offer(randomBytes(2000), wanted)
    collector.models.clear()
    expect(await handle(offer)).toMatchObject([{ state: 'failed' }])
  })
})
