/**
 * Trains the models that come with Picket from the captures under test/cases and writes packages/ml/models:
 * `node packages/ml/scripts/train-bundled.ts [--check]`. The same captures give the same bytes. Prints one JSON object a model; with
 * --check writes nothing and exits 1 where the committed models are not what the captures give.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import type { Autoencoder } from '../src/autoencoder/index.ts'
import { rowCount, type LabelledRows } from '../src/dataset/labelled-rows.ts'
import { toRowText } from '../src/model/row-text.ts'
import { ensembleAnomaly, readModelFolder, writeModelFolder, type Model } from '../src/scoring/index.ts'
import type { IsolationForest } from '../src/training/isolation-forest.ts'
import { describeModel, fitAnomaly, fitAutoencoder, fitClassifier } from '../src/training/train-model.ts'
import { bundledReference } from './bundled-reference.ts'
import * as held from './cross-validation.ts'
import { meterCases, type CaseFlow } from './metered-cases.ts'
import { JITTER, ROWS_PER_GROUP, SEED, buildTrainingSet, toRows } from './training-set.ts'

const MODELS = fileURLToPath(new URL('../models', import.meta.url))

const ANOMALY = { seed: SEED, trees: 200, sampleSize: 256 }
const FOREST_WORDS = {
  method: 'isolation forest on the ordinary captures alone',
  calibration: 'path sums of each ordinary capture by a forest trained without it',
  options: ANOMALY,
}
const AUTOENCODER = { seed: SEED }
const AUTOENCODER_WORDS = {
  method: 'autoencoder on the ordinary captures alone',
  calibration: 'reconstruction errors of each ordinary capture by a network trained without it',
  options: AUTOENCODER,
}
const CLASSIFIER = { seed: SEED, trees: 100, maxDepth: 16, minLeafRows: 3, classWeights: 'balanced' } as const

/** Of flows of ordinary captures the forest has not seen, 2 in 100 lie above this; scans and floods do. */
const ANOMALY_THRESHOLD = 0.98
/** Below it the classifier abstains and the port decides: on captures it has not seen it is wrong too often there. */
const CLASS_THRESHOLD = 0.9
/**
 * Not learned: a single flow of a scan is what any failed connection looks like (a rule sees many of them together), and names
 * and network services are settled by recognisers and ports.
 */
const NOT_LEARNED: ReadonlySet<string | undefined> = new Set([undefined, 'scan', 'name-service'])

const isCheck = process.argv.includes('--check')
const flows = await meterCases()
const normal = flows.filter((flow) => flow.normal)
const forest = trainForest()
const autoencoder = trainNetwork()
for (const model of [forest.model, autoencoder.model, classifierModel(flows)]) {
  const { id, kind, metrics } = model.description
  const folder = join(MODELS, kind)
  if (!isCheck) await writeModelFolder(folder, model)
  else if (!isDeepStrictEqual((await readModelFolder(folder)).description, model.description)) process.exitCode = 1
  console.log(JSON.stringify({ id, bytes: model.onnx.length, ...metrics }))
}
console.log(JSON.stringify({ ensemble: ['forest', 'autoencoder'], ...ensembleMetrics() }))

function trainForest(): { model: Model; judged: held.JudgedAnomalies } {
  const data = buildTrainingSet(normal)
  const heldOut = held.trainHeldOut(normal, (rows) => fitAnomaly(rows, ANOMALY))
  const sums = held.measureHeldOut(normal, heldOut, (model, rows) => model.pathSums(rows))
  const bundled = fitAnomaly(data, ANOMALY).calibratedOn(sums)
  const others = heldOut.map((one) => ({ ...one, model: one.model.calibratedLike(bundled) }))
  const judged = held.judgeAnomaly(flows, bundled, others)
  return { judged, model: describeAnomaly(bundled, data, judged, FOREST_WORDS) }
}

function trainNetwork(): { model: Model; judged: held.JudgedAnomalies } {
  const data = buildTrainingSet(normal)
  const heldOut = held.trainHeldOut(normal, (rows) => fitAutoencoder(rows, AUTOENCODER))
  const errors = held.measureHeldOut(normal, heldOut, (model, rows) => model.errors(rows))
  const bundled = fitAutoencoder(data, AUTOENCODER).calibratedOn(errors)
  const others = heldOut.map((one) => ({ ...one, model: one.model.calibratedLike(bundled) }))
  const judged = held.judgeAnomaly(flows, bundled, others)
  return { judged, model: describeAnomaly(bundled, data, judged, AUTOENCODER_WORDS) }
}

function describeAnomaly(
  trained: IsolationForest | Autoencoder,
  data: LabelledRows,
  judged: held.JudgedAnomalies,
  words: Record<string, unknown>,
): Model {
  return describeModel(trained, data.featureNames, undefined, {
    threshold: ANOMALY_THRESHOLD,
    metrics: {
      ...held.summariseAnomaly(judged, ANOMALY_THRESHOLD),
      flows: normal.length,
      rows: rowCount(data),
    },
    trainedAt: lastEnd(flows),
    lineage: { ...words, ...lineageOf(normal) },
    typicalRows: toRowText(toRows(normal).rows, data.featureNames.length),
    reference: bundledReference(normal),
  })
}

/** What both say together, without context. */
function ensembleMetrics(): Record<string, number> {
  const together = (which: 'attacks' | 'ordinary') => {
    const anomaly = forest.judged[which].anomaly.map(
      (forestAnomaly, i) =>
        ensembleAnomaly({ forest: forestAnomaly, autoencoder: autoencoder.judged[which].anomaly[i] }) ?? NaN,
    )
    return { score: anomaly, anomaly }
  }
  return held.summariseAnomaly({ attacks: together('attacks'), ordinary: together('ordinary') }, ANOMALY_THRESHOLD)
}

function classifierModel(all: readonly CaseFlow[]): Model {
  const learned = all.filter((flow) => !NOT_LEARNED.has(flow.label))
  const data = buildTrainingSet(learned)
  const measured = held.summariseClassifier(held.judgeClassifier(learned, CLASSIFIER), CLASS_THRESHOLD)
  const { forest, classes } = fitClassifier(data, CLASSIFIER)
  return describeModel(forest, data.featureNames, classes, {
    threshold: CLASS_THRESHOLD,
    metrics: { ...measured, flows: learned.length, rows: rowCount(data) },
    trainedAt: lastEnd(all),
    lineage: {
      method: 'random forest on the captures that are about one class',
      options: CLASSIFIER,
      ...lineageOf(learned),
    },
    reference: bundledReference(learned),
  })
}

function lineageOf(used: readonly CaseFlow[]): Record<string, unknown> {
  return {
    captures: [...new Set(used.map((flow) => flow.case))].sort(),
    flows: used.length,
    augmentation: `each capture and class brought to ${ROWS_PER_GROUP} rows by copies with times stretched ${JITTER.stretch.join(' to ')} times and lengths within ${JITTER.size * 100} %`,
    metrics: 'each capture judged by a model trained on the other captures, on its original flows',
    limits:
      'recorded between two network namespaces on one machine; most classes have one capture: a classifier trained without it cannot know the class, and this one knows it in one guise',
  }
}

/** When the last flow trained on ended: the model is as old as its captures, whenever the command runs. */
function lastEnd(all: readonly CaseFlow[]): string {
  return all.reduce((last, flow) => (flow.end > last ? flow.end : last), '')
}
