import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ClassSource, Flow } from '@picket/proto'
import { afterEach, expect, test } from 'vitest'
import type { LabelledRows } from '../dataset/labelled-rows.ts'
import { FEATURE_COUNT, FEATURE_NAMES, flowFeatures } from '../features/index.ts'
import { createRandom } from '../training/random.ts'
import { describeModel, fitAnomaly, fitAutoencoder, fitClassifier } from '../training/train-model.ts'
import { ensembleAnomaly, Scorer, loadBundledModels, readModelFolder, writeModelFolder, type Model } from './index.ts'

const scorers: Scorer[] = []
afterEach(async () => {
  for (const scorer of scorers.splice(0)) await scorer.close()
})

async function load(...models: Model[]): Promise<Scorer> {
  const scorer = await Scorer.load(models)
  scorers.push(scorer)
  return scorer
}

/** Small packets are remote-access, large ones file-transfer. */
const makeFlow = (length: number, fields: object = {}) =>
  Flow.fromPartial({
    protocol: 6,
    startUs: 1e6,
    endUs: 2e6,
    forward: {
      packets: 4,
      octets: 4 * length,
      payloadOctets: 1,
      lengthMin: length,
      lengthMax: length,
      lengthMean: length,
    },
    reverse: {
      packets: 4,
      octets: 4 * length,
      payloadOctets: 1,
      lengthMin: length,
      lengthMax: length,
      lengthMean: length,
    },
    firstLengths: [length, -length, length, -length],
    firstGapsUs: [1, 2, 3, 4],
    ...fields,
  })

function trainingData(count: number, seed: number): LabelledRows {
  const random = createRandom(seed)
  const rows = new Float32Array(count * FEATURE_COUNT)
  for (let i = 0; i < count; i++) {
    const length = i % 2 === 0 ? 60 + random() * 40 : 1200 + random() * 300
    flowFeatures(makeFlow(Math.round(length)), rows, i * FEATURE_COUNT)
  }
  const labels = Uint16Array.from({ length: count }, (_, i) => i % 2)
  return { featureNames: FEATURE_NAMES, rows, labels, classes: ['remote-access', 'file-transfer'] }
}

const facts = { threshold: 0.6, metrics: {}, trainedAt: '2026-11-22T00:00:00.000Z', lineage: {} }

function makeModels(seed: number): { anomaly: Model; classifier: Model } {
  const data = trainingData(400, seed)
  const { forest, classes } = fitClassifier(data, { seed, trees: 10 })
  return {
    anomaly: describeModel(fitAnomaly(data, { seed, trees: 20 }), FEATURE_NAMES, undefined, facts),
    classifier: describeModel(forest, FEATURE_NAMES, classes, facts),
  }
}

const { anomaly, classifier } = makeModels(1)

test('rules, then the model, then the port; anomaly on every flow', async () => {
  const scorer = await load(anomaly, classifier)
  const ruled = makeFlow(1300, { protocolName: 'tls', hostName: 'www.youtube.com' })
  const modelled = makeFlow(1300, { destinationPort: 22 })
  await scorer.score([ruled, modelled])
  expect(ruled).toMatchObject({ class: 'video', classSource: ClassSource.HOST_NAME, application: 'youtube' })
  expect(modelled).toMatchObject({ class: 'file-transfer', classSource: ClassSource.MODEL })
  expect(modelled.classConfidence).toBeGreaterThanOrEqual(0.6)
  for (const flow of [ruled, modelled]) {
    expect(flow.anomaly).toBeGreaterThanOrEqual(0)
    expect(flow.anomaly).toBeLessThan(0.99)
    expect(flow.anomalyModelId).toBe(anomaly.description.id)
  }
  const strange = makeFlow(65_000, { protocol: 17, endUs: 9e11 })
  await scorer.score([strange])
  expect(strange.anomaly).toBeGreaterThan(0.99)
})

test('where the model abstains the port decides, and without one the class stays empty', async () => {
  const shy = { ...classifier, description: { ...classifier.description, threshold: 1.1 } }
  const scorer = await load(shy)
  const ported = makeFlow(1300, { destinationPort: 22 })
  const unknown = makeFlow(1300, { destinationPort: 40_000, class: 'web', classConfidence: 1 })
  await scorer.score([ported, unknown])
  expect(ported).toMatchObject({ class: 'remote-access', classSource: ClassSource.PORT })
  expect(unknown).toMatchObject({ class: '', classConfidence: 0, classSource: ClassSource.UNSPECIFIED })
  expect(ported.anomaly).toBeUndefined()
})

test('a batch of any size scores each flow as if it were alone', async () => {
  const scorer = await load(anomaly, classifier)
  const flows = Array.from({ length: 2500 }, (_, i) =>
    makeFlow(60 + (i % 1400), i % 3 === 0 ? { protocolName: 'dns' } : {}),
  )
  const alone = [0, 1, 1023, 1024, 2047, 2499].map((at) => ({ at, flow: structuredClone(flows[at]) }))
  await scorer.score(flows)
  await scorer.score([])
  for (const { at, flow } of alone) {
    await scorer.score([flow])
    expect(flow, String(at)).toEqual(flows[at])
  }
})

test('a model is swapped between batches: no batch mixes two, none is lost', async () => {
  const scorer = await load(anomaly, classifier)
  const next = makeModels(2).anomaly
  const batches = Array.from({ length: 12 }, () => Array.from({ length: 1500 }, (_, i) => makeFlow(60 + i)))
  const scored = batches.map((batch, i) => {
    const done = scorer.score(batch)
    if (i === 5) void scorer.replaceModel(next)
    return done
  })
  await Promise.all(scored)
  await scorer.replaceModel(next)
  const ids = batches.map((batch) => new Set(batch.map((flow) => flow.anomalyModelId)))
  expect(ids.every((set) => set.size === 1)).toBe(true)
  const last = makeFlow(100)
  await scorer.score([last])
  expect(last.anomalyModelId).toBe(next.description.id)
  expect(scorer.models).toHaveLength(2)
})

test('altered bytes, another feature set and what is no model are refused by code; the model in use stays', async () => {
  const scorer = await load(anomaly)
  const onnx = Uint8Array.from(anomaly.onnx)
  onnx[onnx.length >> 1] ^= 1
  await expect(scorer.replaceModel({ ...anomaly, onnx })).rejects.toMatchObject({ code: 'MODEL_ALTERED' })
  const other = { ...anomaly, description: { ...anomaly.description, featureSetHash: 'f00' } }
  await expect(scorer.replaceModel(other)).rejects.toMatchObject({ code: 'MODEL_FEATURE_SET' })
  await expect(Scorer.load([other])).rejects.toMatchObject({ code: 'MODEL_FEATURE_SET' })
  expect(scorer.models).toEqual([anomaly.description])
})

test('a model folder survives the disk, and one with a cut file does not load', async () => {
  const dir = await mkdtemp(join(tmpdir(), 'picket-ml-'))
  try {
    await writeModelFolder(dir, anomaly)
    expect(await readModelFolder(dir)).toEqual({ ...anomaly, onnx: Buffer.from(anomaly.onnx) })
    await writeModelFolder(dir, { ...anomaly, onnx: anomaly.onnx.subarray(0, 1000) })
    await expect(readModelFolder(dir)).rejects.toMatchObject({ code: 'MODEL_ALTERED' })
    await expect(readModelFolder(join(dir, 'none'))).rejects.toMatchObject({ code: 'MODEL_UNREADABLE' })
  } finally {
    await rm(dir, { recursive: true })
  }
})

test('the bundled models load, fit this feature set, and rank a refused probe above a small exchange', async () => {
  const scorer = await load(...(await loadBundledModels()))
  expect(scorer.models.map(({ kind }) => kind).sort()).toEqual([
    'anomaly-autoencoder',
    'anomaly-forest',
    'traffic-classifier',
  ])
  const tcp = { packets: 1, octets: 44, lengthMin: 44, lengthMax: 44, lengthMean: 44 }
  const probe = Flow.fromPartial({
    protocol: 6,
    startUs: 1e6,
    endUs: 1e6 + 40,
    forward: { ...tcp, tcpSyn: 1 },
    reverse: { ...tcp, octets: 40, lengthMin: 40, lengthMax: 40, lengthMean: 40, tcpRst: 1, tcpAck: 1 },
  })
  const udp = {
    packets: 1,
    octets: 70,
    payloadOctets: 42,
    payloadPackets: 1,
    lengthMin: 70,
    lengthMax: 70,
    lengthMean: 70,
  }
  const lookUp = Flow.fromPartial({
    protocol: 17,
    startUs: 1e6,
    endUs: 1e6 + 20_000,
    forward: udp,
    reverse: { ...udp, octets: 102, payloadOctets: 74, lengthMin: 102, lengthMax: 102, lengthMean: 102 },
    firstLengths: [70, -102],
    firstGapsUs: [0, 20_000],
  })
  await scorer.score([probe, lookUp])
  expect(probe.anomaly).toBeGreaterThan(lookUp.anomaly ?? 1)
  expect(lookUp.anomaly).toBeLessThan(0.98)
})

test('an autoencoder scores alone; beside the forest each is a part and the model id names both', async () => {
  const data = trainingData(400, 3)
  const facts = { threshold: 0.99, metrics: {}, trainedAt: '2026-11-23T00:00:00Z', lineage: {} }
  const forest = describeModel(fitAnomaly(data, {}), FEATURE_NAMES, undefined, facts)
  const network = describeModel(fitAutoencoder(data, {}), FEATURE_NAMES, undefined, facts)
  const scoreWith = async (...models: Model[]) => {
    const flows = [makeFlow(80), makeFlow(700), makeFlow(60_000)]
    await (await load(...models)).score(flows)
    return flows
  }
  const alone = await scoreWith(network)
  const trees = await scoreWith(forest)
  const both = await scoreWith(forest, network)
  expect(alone[2].anomaly).toBeGreaterThan(0.9)
  expect(alone[0].anomalyModelId).toBe(network.description.id)
  expect(both[0].anomalyModelId).toBe(`${forest.description.id}+${network.description.id}`)
  both.forEach(({ anomaly, anomalyParts }, i) => {
    expect(anomalyParts).toMatchObject({ forest: trees[i].anomaly, autoencoder: alone[i].anomaly })
    expect(anomaly).toBe(ensembleAnomaly(anomalyParts ?? {}))
  })
})
