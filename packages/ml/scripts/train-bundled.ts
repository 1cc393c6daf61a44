/**
 * Trains the models that come with Picket from the captures under test/cases and writes packages/ml/models:
 * `node packages/ml/scripts/train-bundled.ts [--check]`. The same captures give the same bytes. Prints one JSON object a model; with
 * --check writes nothing and exits 1 where the committed models are not what the captures give.
 */
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isDeepStrictEqual } from 'node:util'
import { rowCount } from '../src/dataset/labelled-rows.ts'
import { readModelFolder, writeModelFolder, type Model } from '../src/scoring/index.ts'
import { describeModel, fitAnomaly, fitClassifier } from '../src/training/train-model.ts'
import * as held from './cross-validation.ts'
import { meterCases, type CaseFlow } from './metered-cases.ts'
import { JITTER, ROWS_PER_GROUP, SEED, buildTrainingSet } from './training-set.ts'

const MODELS = fileURLToPath(new URL('../models', import.meta.url))

const ANOMALY = { seed: SEED, trees: 200, sampleSize: 256 }
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
for (const model of [anomalyModel(flows), classifierModel(flows)]) {
  const { id, kind, metrics } = model.description
  const folder = join(MODELS, kind)
  if (!isCheck) await writeModelFolder(folder, model)
  else if (!isDeepStrictEqual((await readModelFolder(folder)).description, model.description)) process.exitCode = 1
  console.log(JSON.stringify({ id, bytes: model.onnx.length, ...metrics }))
}

function anomalyModel(all: readonly CaseFlow[]): Model {
  const normal = all.filter((flow) => flow.normal)
  const data = buildTrainingSet(normal)
  const heldOut = held.trainHeldOutForests(normal, ANOMALY)
  const forest = fitAnomaly(data, ANOMALY).calibratedOn(held.heldOutPathSums(normal, heldOut))
  const measured = held.summariseAnomaly({ flows: all, bundled: forest, heldOut, threshold: ANOMALY_THRESHOLD })
  return describeModel(forest, data.featureNames, undefined, {
    threshold: ANOMALY_THRESHOLD,
    metrics: { ...measured, flows: normal.length, rows: rowCount(data) },
    trainedAt: lastEnd(all),
    lineage: {
      method: 'isolation forest on the ordinary captures alone',
      calibration: 'path sums of each ordinary capture by a forest trained without it',
      options: ANOMALY,
      ...lineageOf(normal),
    },
  })
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
