import type { EpochErrors } from '../../src/autoencoder/index.ts'
import type { LabelledRows } from '../../src/dataset/labelled-rows.ts'
import { RowCollector } from '../../src/dataset/row-collector.ts'
import { auc } from '../../src/evaluation/index.ts'
import { FEATURE_COUNT, FEATURE_NAMES } from '../../src/features/index.ts'
import { InferenceGraph } from '../../src/inference/index.ts'
import { describeModel, fitAnomaly, fitAutoencoder, fitSequenceAutoencoder } from '../../src/training/train-model.ts'
import { createRandom, sampleIndices } from '../../src/training/random.ts'
import { meterCaptures } from '../meter-captures.ts'
import { foldsByCapture } from './capture-folds.ts'
import { openingOf, withOpening, type OpeningPacket } from './opening.ts'

const FOLDS = 5
const SEED = 1
const RUNS = 50
const ENCRYPTED: ReadonlySet<string | undefined> = new Set(['tls', 'dtls', 'quic'])
/** Packets that a judged flow has at least: below it there is no order to speak of. */
const LEAST_PACKETS = 4

export interface EncryptedFlow {
  capture: string
  features: Float32Array
}

/** Encrypted flows with payload, by capture. */
export async function encryptedFlows(captures: readonly string[]): Promise<EncryptedFlow[]> {
  const flows: EncryptedFlow[] = []
  for await (const { network, picket, log } of meterCaptures(captures)) {
    const features = Float32Array.from(picket.features, (value) => value ?? NaN)
    const isJudged = ENCRYPTED.has(network?.protocol) && openingOf(features).length > 0
    if (isJudged) flows.push({ capture: log.file.path, features })
  }
  return flows
}

/** What is planted into a flow's first packets; sizes, gaps and their statistics stay what they were. */
export const PLANTED: Record<string, (opening: readonly OpeningPacket[]) => OpeningPacket[]> = {
  'packets in another order': (opening) => {
    const order = sampleIndices(opening.length, opening.length, createRandom(SEED))
    return Array.from(order, (from) => opening[from])
  },
  'packets in the opposite order': (opening) => opening.toReversed(),
  'directions exchanged': (opening) => opening.map(({ length, gap }) => ({ length: -length, gap })),
}

const MODELS = {
  'isolation forest': fitAnomaly,
  'dense autoencoder': fitAutoencoder,
  'sequence autoencoder': fitSequenceAutoencoder,
}

export interface SequenceFigures {
  model: string
  /** Flows judged as they are, and as often with each sort of planted opening. */
  flows: number
  /** By what was planted. */
  areas: Record<string, number>
  /** Of the model file, octets. */
  octets: number
  /** Processor time of the graph for 1,000 flows, milliseconds. */
  cost: number
  /** Errors by pass over the rows, of the last fold; none of a forest. */
  epochs: readonly EpochErrors[]
}

/** How well each model tells a flow from the same flow with another opening, whole captures held out in turn. */
export function judgeSequences(flows: readonly EncryptedFlow[]): SequenceFigures[] {
  const foldOf = foldsByCapture(
    flows.map(({ capture }) => capture),
    FOLDS,
  )
  return Object.entries(MODELS).map(([model, fit]) => {
    const usual: number[] = []
    const planted = Object.keys(PLANTED).map(() => [] as number[])
    let onnx: Uint8Array = new Uint8Array()
    let epochs: EpochErrors[] = []
    for (let fold = 0; fold < FOLDS; fold++) {
      const learned = toRows(flows.filter(({ capture }) => foldOf.get(capture) !== fold))
      epochs = []
      const trained = fit(learned, { seed: SEED, onEpoch: (epoch: EpochErrors) => epochs.push(epoch) })
      ;({ onnx } = describeModel(trained, FEATURE_NAMES, undefined, NO_FACTS))
      const held = flows.filter(({ capture, features }) => {
        return foldOf.get(capture) === fold && openingOf(features).length >= LEAST_PACKETS
      })
      usual.push(...trained.predict(toRows(held).rows).score)
      Object.values(PLANTED).forEach((plant, i) => {
        const changed = held.map((flow) => ({
          ...flow,
          features: withOpening(flow.features, plant(openingOf(flow.features))),
        }))
        planted[i].push(...trained.predict(toRows(changed).rows).score)
      })
    }
    const areas = planted.map((scores) => {
      const isPlanted = [...usual.map(() => false), ...scores.map(() => true)]
      return auc([...usual, ...scores], isPlanted)
    })
    const named = Object.keys(PLANTED).map((name, i) => [name, areas[i]] as const)
    return {
      model,
      flows: usual.length,
      areas: Object.fromEntries(named),
      octets: onnx.length,
      cost: costOf(onnx, flows),
      epochs,
    }
  })
}

/** The least of several runs over the flows, each repeated to make a thousand. */
function costOf(onnx: Uint8Array, flows: readonly EncryptedFlow[]): number {
  const graph = InferenceGraph.read(onnx, FEATURE_COUNT)
  const rows = toRows(Array.from({ length: 1000 }, (_, i) => flows[i % flows.length])).rows
  const costs = Array.from({ length: RUNS }, () => {
    const before = process.cpuUsage()
    graph.run(rows, 'anomaly')
    const { user, system } = process.cpuUsage(before)
    return (user + system) / 1000
  })
  return Math.min(...costs)
}

const NO_FACTS = { threshold: 0, metrics: {}, trainedAt: '', lineage: {} }

function toRows(flows: readonly EncryptedFlow[]): LabelledRows {
  const collector = new RowCollector(FEATURE_COUNT)
  for (const { features } of flows) collector.add(features, undefined)
  return collector.finish(FEATURE_NAMES)
}
