/**
 * Trains the models that come with Picket from the captures under test/cases and writes packages/ml/models:
 * `node packages/ml/scripts/train-bundled.ts`. The same captures give the same bytes. Prints one JSON object a model.
 */
import { fileURLToPath } from 'node:url'
import { join } from 'node:path'
import { writeModelFolder, type Model } from '../src/scoring/index.ts'
import { rowCount } from '../src/dataset/labelled-rows.ts'
import { describeModel, fitAnomaly, fitClassifier } from '../src/training/train-model.ts'
import { judgeAnomaly, judgeClassifier, judgeThreshold, recallByClass, summariseAnomaly } from './cross-validation.ts'
import { meterCases, type CaseFlow } from './metered-cases.ts'
import { JITTER, ROWS_PER_GROUP, SEED, buildTrainingSet } from './training-set.ts'

const MODELS = fileURLToPath(new URL('../models', import.meta.url))

const ANOMALY = { seed: SEED, trees: 100, sampleSize: 256 }
const CLASSIFIER = { seed: SEED, trees: 100, maxDepth: 16, minLeafRows: 3, classWeights: 'balanced' } as const

/** Scans lie above this, held-out ordinary captures below it but for a few flows: see the metrics. */
const ANOMALY_THRESHOLD = 0.999
/** Below it the classifier abstains and the port decides: the held-out captures show that it is wrong too often there. */
const CLASS_THRESHOLD = 0.8

const flows = await meterCases()
for (const model of [anomalyModel(flows), classifierModel(flows)]) {
  await writeModelFolder(join(MODELS, model.description.kind), model)
  const { id, metrics } = model.description
  console.log(JSON.stringify({ id, bytes: model.onnx.length, ...metrics }))
}

function anomalyModel(all: readonly CaseFlow[]): Model {
  const normal = all.filter((flow) => flow.normal)
  const data = buildTrainingSet(normal)
  const held = summariseAnomaly(judgeAnomaly(all, ANOMALY), ANOMALY_THRESHOLD)
  const facts = {
    threshold: ANOMALY_THRESHOLD,
    metrics: {
      auc: held.auc,
      f1AtThreshold: held.f1_at_threshold,
      falseAlarmShare: held.false_alarm_share,
      flows: normal.length,
      rows: rowCount(data),
    },
    trainedAt: lastEnd(all),
    lineage: lineageOf(normal, 'isolation forest on the ordinary captures alone', { ...ANOMALY }),
  }
  return describeModel(fitAnomaly(data, ANOMALY), data.featureNames, undefined, facts)
}

function classifierModel(all: readonly CaseFlow[]): Model {
  const labelled = all.filter((flow) => flow.label !== undefined)
  const data = buildTrainingSet(labelled)
  const held = judgeClassifier(labelled, CLASSIFIER)
  const { coverage, precision } = judgeThreshold(held, CLASS_THRESHOLD)
  const recall = recallByClass(held, CLASS_THRESHOLD)
  const facts = {
    threshold: CLASS_THRESHOLD,
    metrics: {
      accuracy: judgeThreshold(held, 0).precision,
      coverage,
      precisionAtThreshold: precision,
      ...Object.fromEntries(Object.entries(recall).map(([name, value]) => [`recall.${name}`, value])),
      flows: labelled.length,
      rows: rowCount(data),
    },
    trainedAt: lastEnd(all),
    lineage: lineageOf(labelled, 'random forest on the captures that are about one class', { ...CLASSIFIER }),
  }
  const { forest, classes } = fitClassifier(data, CLASSIFIER)
  return describeModel(forest, data.featureNames, classes, facts)
}

function lineageOf(used: readonly CaseFlow[], method: string, options: object): Record<string, unknown> {
  return {
    method,
    options,
    captures: [...new Set(used.map((flow) => flow.case))].sort(),
    flows: used.length,
    augmentation: `each capture and class brought to ${ROWS_PER_GROUP} rows by copies with times stretched ${JITTER.stretch.join(' to ')} times and lengths within ${JITTER.size * 100} %`,
    metrics:
      'each capture judged by a model trained on the other captures; original flows only; what recognisers settle is not asked of the classifier',
    limits:
      'recorded between two network namespaces on one machine; most classes have one capture, so the classifier cannot know them in other guises',
  }
}

/** When the last flow trained on ended: the model is as old as its captures, whenever the command runs. */
function lastEnd(all: readonly CaseFlow[]): string {
  return all.reduce((last, flow) => (flow.end > last ? flow.end : last), '')
}
