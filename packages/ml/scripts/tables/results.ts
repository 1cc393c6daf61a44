import { rowCount, selectRows } from '../../src/dataset/labelled-rows.ts'
import { accuracy, confusion } from '../../src/evaluation/index.ts'
import { createRandom, sampleIndices } from '../../src/training/random.ts'
import { CICIDS } from './cicids.ts'
import { iot23 } from './iot-23.ts'
import { ISCX } from './iscx.ts'
import { attackAuc, judgeAnomaly, judgeForest, splitByOrder } from './judge.ts'
import { NSL_KDD } from './nsl-kdd.ts'
import { loadTable, splitWithinClass } from './table-data.ts'
import { westermo } from './westermo.ts'

export interface Result {
  data: string
  split: string
  model: string
  measure: string
  goal?: number
  value: number
}

const isNormal = (label: string | undefined): boolean => label === 'normal'
const BOTH = ['isolation-forest', 'autoencoder'] as const

export async function* cicids(): AsyncGenerator<Result> {
  const table = await loadTable(CICIDS)
  const { first, rest } = splitWithinClass(table, 0.6)
  const [training, test] = [selectRows(table, first), selectRows(table, rest)]
  const common = { data: 'CICIDS2017 improved, sample', split: '60/40 by time within class' }
  const forest = await judgeForest(training, test)
  yield { ...common, model: 'random forest', measure: 'macro-F1', goal: 0.96, value: forest.macroF1 }
  yield { ...common, model: 'random forest', measure: 'accuracy', value: forest.accuracy }
  for (const model of BOTH) {
    const { auc } = judgeAnomaly(training, test, { model, isNormal: (label) => label === 'BENIGN' })
    yield { ...common, model, measure: 'AUC', goal: 0.9, value: auc }
  }
}

export async function* iscx(): AsyncGenerator<Result> {
  const table = await loadTable(ISCX)
  const order = sampleIndices(rowCount(table), rowCount(table), createRandom(1))
  const counts = confusion([], [], table.classes.length)
  const FOLDS = 10
  for (let fold = 0; fold < FOLDS; fold++) {
    const test = order.filter((_, i) => i % FOLDS === fold)
    const training = order.filter((_, i) => i % FOLDS !== fold)
    const judged = await judgeForest(selectRows(table, training), selectRows(table, test))
    judged.counts.forEach((row, actual) => row.forEach((count, predicted) => (counts[actual][predicted] += count)))
  }
  const common = { data: 'ISCX VPN 15 s, 14 classes', split: '10-fold, random' }
  yield { ...common, model: 'random forest', measure: 'accuracy', goal: 0.88, value: accuracy(counts) }
}

export async function* nslKdd(): AsyncGenerator<Result> {
  const { first, rest } = splitByOrder(await loadTable(NSL_KDD), 0.6)
  for (const model of BOTH) {
    const { auc } = judgeAnomaly(first, rest, { model, isNormal })
    const split = 'first 60 % of the 20 % part, its normal rows / the rest'
    yield { data: 'NSL-KDD', split, model, measure: 'AUC', value: auc }
  }
}

export async function* westermoSensors(): AsyncGenerator<Result> {
  const common = { data: 'Westermo', measure: 'AUC' }
  const { first, rest } = splitByOrder(await loadTable(westermo(['left', 'right'])), 0.6)
  const split = 'both sensors, first 60 % / the rest'
  yield { ...common, split, model: 'random forest', goal: 0.94, value: await attackAuc(first, rest) }
  for (const model of BOTH) {
    yield { ...common, split, model, value: judgeAnomaly(first, rest, { model, isNormal }).auc }
  }
  const sensors = { left: await loadTable(westermo(['left'])), right: await loadTable(westermo(['right'])) }
  for (const [from, to] of [
    ['left', 'right'],
    ['right', 'left'],
  ] as const) {
    const travel = `${from} sensor / ${to} sensor`
    yield { ...common, split: travel, model: 'random forest', value: await attackAuc(sensors[from], sensors[to]) }
    const { auc } = judgeAnomaly(sensors[from], sensors[to], { model: 'isolation-forest', isNormal })
    yield { ...common, split: travel, model: 'isolation-forest', value: auc }
  }
}

export async function* iot(): AsyncGenerator<Result> {
  const [training, test] = [await loadTable(iot23(['4', '5', '20', '42'])), await loadTable(iot23(['34']))]
  const common = { data: 'IoT-23', split: 'benign rows of 4, 5, 20, 42 / scenario 34' }
  for (const model of BOTH) {
    const { auc, f1 } = judgeAnomaly(training, test, { model, isNormal })
    yield { ...common, model, measure: 'AUC', goal: 0.99, value: auc }
    yield { ...common, model, measure: 'F1 where 5 % of benign training rows lie above', goal: 0.9, value: f1 }
  }
}
