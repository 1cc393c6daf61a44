import { auc, f1AtThreshold } from '../../src/evaluation/index.ts'
import { benignAbove } from './benign-above.ts'
import { chooseLeaves, chooseSample } from './choose.ts'
import { drawRoc } from './draw.ts'
import { answerContext, answerEnsemble } from './ensemble.ts'
import {
  answerAutoencoder,
  answerForest,
  answerIsolation,
  columnOf,
  isAttack,
  normalOf,
  rankAmong,
  type AnomalyAnswer,
  type IsNormal,
  type Parts,
} from './judge.ts'
import { measured, type JudgeContext, type Result } from './result.ts'
import { splitByOrder } from './split.ts'
import { loadTable } from './table-data.ts'
import { westermo } from './westermo.ts'

const isNormal: IsNormal = (label) => label === 'normal'
const LATER = 'both sensors, first 60 % / the rest'
const CALIBRATED = 0.2
const BENIGN_ABOVE = 0.05
const CONTEXT = [false, true]

export async function* judgeWestermo(context: JudgeContext): AsyncGenerator<Result> {
  yield* judgeLater(context)
  yield* judgeTravel('left', 'right', context)
  yield* judgeTravel('right', 'left', context)
}

const attackScores = (found: Float32Array, { test }: Parts): number[] => columnOf(found, test, 'attack')
const named = (model: string, withContext: boolean): string => (withContext ? `${model}, with context` : model)

async function* judgeLater({ peer, draw }: JudgeContext): AsyncGenerator<Result> {
  const common = { data: 'Westermo', split: LATER, measure: 'AUC' }
  const curves: Record<string, ArrayLike<number>> = {}
  let positive: boolean[] = []
  let answers: Record<'forest' | 'autoencoder', AnomalyAnswer> | undefined
  for (const withContext of CONTEXT) {
    const parts = splitByOrder(await loadTable(westermo(['left', 'right']), { context: withContext }), 0.6)
    const inside = splitByOrder(parts.training, 0.6)
    positive = isAttack(parts.test, isNormal)
    const forest = await answerForest(parts, await chooseLeaves(inside), peer)
    const ranked = measured(forest, (found) => auc(attackScores(found, parts), positive))
    yield { ...common, model: named('random forest', withContext), goal: 0.94, ...ranked }
    curves[named('random forest', withContext)] = attackScores(forest.own, parts)
    const isolation = await answerIsolation(parts, isNormal, await chooseSample([inside], isNormal), peer)
    const model = named('isolation forest', withContext)
    yield { ...common, model, ...measured(isolation, ({ score }) => auc(score, positive)) }
    curves[model] = isolation.own.score
    if (withContext) {
      yield* judgeEnsemble(answers, answerContext(parts, isNormal), positive)
      continue
    }
    answers = { forest: isolation.own, autoencoder: answerAutoencoder(parts, isNormal, 1) }
    yield { ...common, model: 'autoencoder', value: auc(answers.autoencoder.score, positive) }
  }
  draw({ name: 'roc-westermo', svg: drawRoc(curves, positive) })
}

/** The parts of the ensemble and what they come to, on flows of which the forest and the autoencoder see no context. */
function* judgeEnsemble(
  parts: Record<'forest' | 'autoencoder', AnomalyAnswer> | undefined,
  context: AnomalyAnswer,
  positive: readonly boolean[],
): Generator<Result> {
  if (!parts) return
  const together = answerEnsemble({ ...parts, context })
  const common = { data: 'Westermo', split: LATER }
  yield { ...common, model: 'context alone', measure: 'AUC', value: auc(context.score, positive) }
  const model = 'ensemble of forest, autoencoder and context'
  yield { ...common, model, measure: 'AUC', value: auc(together.score, positive) }
  for (const [name, { anomaly }] of Object.entries({
    'isolation forest': parts.forest,
    autoencoder: parts.autoencoder,
    'context alone': context,
    [model]: together,
  })) {
    yield { ...common, model: name, measure: 'F1 at 0.95', value: f1AtThreshold(anomaly, positive, 1 - BENIGN_ABOVE) }
  }
}

type Sensor = 'left' | 'right'

/** A model of one sensor on another: how it ranks, and its threshold as it came beside one from the new sensor's own first flows. */
async function* judgeTravel(from: Sensor, to: Sensor, { peer }: JudgeContext): AsyncGenerator<Result> {
  const common = { data: 'Westermo', split: `${from} sensor / ${to} sensor` }
  for (const withContext of CONTEXT) {
    const parts = {
      training: await loadTable(westermo([from]), { context: withContext }),
      test: await loadTable(westermo([to]), { context: withContext }),
    }
    const positive = isAttack(parts.test, isNormal)
    const forest = await answerForest(parts, await chooseLeaves(splitByOrder(parts.training, 0.6)), peer)
    const ranked = measured(forest, (found) => auc(attackScores(found, parts), positive))
    yield { ...common, model: named('random forest', withContext), measure: 'AUC', ...ranked }
  }
  const training = await loadTable(westermo([from]))
  const { training: known, test } = splitByOrder(await loadTable(westermo([to])), CALIBRATED)
  const settings = await chooseSample([splitByOrder(training, 0.6)], isNormal)
  const model = 'isolation forest'
  const positive = isAttack(test, isNormal)
  const isolation = await answerIsolation({ training, test }, isNormal, settings, peer)
  yield { ...common, model, measure: 'AUC', ...measured(isolation, ({ score }) => auc(score, positive)) }
  const usual = await answerIsolation({ training, test: normalOf(known, isNormal) }, isNormal, settings)
  const own = rankAmong(usual.own.score, isolation.own.score)
  const cut = 1 - BENIGN_ABOVE
  for (const [how, anomaly] of [
    ['as it came', isolation.own.anomaly],
    ["calibrated on this sensor's first 20 %", own],
  ] as const) {
    yield { ...common, model: `${model}, ${how}`, measure: 'F1 at 0.95', value: f1AtThreshold(anomaly, positive, cut) }
    const measure = 'share of benign flows above 0.95'
    yield { ...common, model: `${model}, ${how}`, measure, value: benignAbove(anomaly, positive, cut) }
  }
}
