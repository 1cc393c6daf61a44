import { encodeModelArchive, loadBundledModels, Scorer } from '@picket/ml/scoring'
import { Finding, Flow } from '@picket/proto'
import { describe, expect, onTestFinished, test } from 'vitest'
import type { Observation } from '../observation.ts'
import { Telemetry } from '../telemetry.ts'
import { ScoreStage, type ScoreStageOptions } from './score-stage.ts'

const observe = (ports: number[]): Observation => ({
  flows: ports.map((port) => Flow.create({ destinationPort: port, protocol: 17, forward: { packets: 1, octets: 60 } })),
  interfaceSamples: [],
  coverageGaps: [],
  interfaces: [],
  packetsRead: ports.length,
  packetTimeUs: 0,
})

function openStage(options: Partial<ScoreStageOptions> & Pick<ScoreStageOptions, 'scorer'>) {
  const handedOn: { flows: Flow[]; findings: Finding[] }[] = []
  const failures: unknown[] = []
  const telemetry = new Telemetry()
  const stage = new ScoreStage({
    createDetector: () => ({
      observe: (flows) => flows.map((flow) => Finding.create({ entity: String(flow.destinationPort) })),
    }),
    thresholds: { scanThreshold: 25, anomalyThreshold: 0.99, anomaliesADay: 0 },
    telemetry,
    onScored: ({ flows }, findings) => handedOn.push({ flows, findings }),
    onFailure: (error) => failures.push(error),
    ...options,
  })
  return { stage, handedOn, failures, telemetry }
}

const failingScorer = {
  models: [],
  score: () => Promise.reject(new Error('no model')),
  replaceModel: () => Promise.resolve(),
  removeModel: () => Promise.resolve(),
  support: [],
  close: () => Promise.resolve(),
}

describe('score stage', () => {
  test('scores with the bundled models, then detects, in order; a model swap loses nothing', async () => {
    const models = await loadBundledModels()
    const { stage, handedOn, telemetry } = openStage({ scorer: await Scorer.load(models) })
    onTestFinished(() => stage.stop())
    const [first] = models
    if (!first) throw new Error('no bundled model')
    stage.accept(observe([53, 443]))
    const swap = stage.replaceModel(encodeModelArchive(first), {
      kind: first.description.kind,
      modelId: first.description.id,
    })
    stage.accept(observe([80]))
    await Promise.all([swap, stage.drain()])
    expect(handedOn.map(({ flows }) => flows.length)).toEqual([2, 1])
    expect(handedOn[0]?.findings.map(({ entity }) => entity)).toEqual(['53', '443'])
    expect(handedOn.flatMap(({ flows }) => flows).every((flow) => flow.anomaly !== undefined)).toBe(true)
    expect(telemetry.get('flowsScored')).toBe(3)
    expect(Object.keys(stage.activeModels)).toContain(first.description.kind)
  })

  test('an archive that is not what was offered is not taken', async () => {
    const models = await loadBundledModels()
    const { stage } = openStage({ scorer: await Scorer.load(models) })
    onTestFinished(() => stage.stop())
    const archive = encodeModelArchive(
      models[0] ??
        (() => {
          throw new Error('no bundled model')
        })(),
    )
    await expect(stage.replaceModel(archive, { kind: 'traffic-classifier', modelId: 'other' })).rejects.toThrow(
      'the offer said',
    )
    await expect(
      stage.replaceModel(archive.subarray(0, archive.length - 9), { kind: '', modelId: '' }),
    ).rejects.toThrow()
  })

  test('flows go on when scoring or detection fails, and it is counted', async () => {
    const detector = {
      observe: () => {
        throw new Error('bad detector')
      },
    }
    const { stage, handedOn, failures, telemetry } = openStage({
      scorer: failingScorer,
      createDetector: () => detector,
    })
    stage.accept(observe([1, 2]))
    await stage.drain()
    expect(handedOn[0]?.flows).toHaveLength(2)
    expect(failures).toHaveLength(2)
    expect(telemetry.get('flowsUnscored')).toBe(2)
    expect(telemetry.get('detectFailures')).toBe(1)
  })

  test('a backlog costs the score, not the flows', async () => {
    const { stage, handedOn, telemetry } = openStage({
      scorer: { ...failingScorer, score: () => Promise.resolve() },
      maxWaitingFlows: 3,
    })
    for (let index = 0; index < 4; index++) stage.accept(observe([1, 2]))
    await stage.drain()
    expect(handedOn.flatMap(({ flows }) => flows)).toHaveLength(8)
    expect(telemetry.get('flowsUnscored')).toBeGreaterThan(0)
  })

  test('at rest, flows that wait are not scored any more, and come after those before them', async () => {
    const scored: number[] = []
    const score = (flows: readonly Flow[]) => Promise.resolve(void scored.push(flows[0].destinationPort))
    const { stage, handedOn, telemetry } = openStage({ scorer: { ...failingScorer, score } })
    stage.accept(observe([1]))
    await stage.drain()
    stage.accept(observe([2]))
    stage.accept(observe([3]))
    stage.isResting = true
    await stage.drain()
    stage.isResting = false
    stage.accept(observe([4]))
    await stage.drain()
    expect(scored).toEqual([1, 4])
    expect(handedOn.map(({ flows }) => flows[0].destinationPort)).toEqual([1, 2, 3, 4])
    expect(telemetry.get('flowsUnscored')).toBe(2)
  })
})
