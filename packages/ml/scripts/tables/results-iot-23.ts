import { auc, f1AtThreshold } from '../../src/evaluation/index.ts'
import { benignAbove } from './benign-above.ts'
import { chooseSample } from './choose.ts'
import { drawRoc } from './draw.ts'
import { answerContext, answerEnsemble } from './ensemble.ts'
import type { Scenario } from './iot-23.ts'
import { chooseShare, holdOut, isNormal } from './iot-parts.ts'
import {
  answerAutoencoder,
  answerIsolation,
  isAttack,
  type AnomalyAnswer,
  type AnomalySettings,
  type Pair,
} from './judge.ts'
import { meanOf, measured, type JudgeContext, type Result } from './result.ts'

/** The one that is judged, and those that settings are chosen on, each held out in turn while the judged one is not looked at. */
const JUDGED: Scenario = '34'
const CHOSEN_ON: readonly Scenario[] = ['20', '42']
/** What usual is learned from: benign rows of all others, or of the captures of devices that were never infected alone. */
const TRAININGS: readonly (readonly Scenario[])[] = [
  ['4', '5', '20', '42'],
  ['4', '5'],
]
/** An autoencoder's area depends on its seed by points. */
const SEEDS = [1, 2, 3]

export async function* judgeIot(context: JudgeContext): AsyncGenerator<Result> {
  for (const learned of TRAININGS) yield* judgeLearned(learned, context)
}

async function* judgeLearned(learned: readonly Scenario[], { peer, draw }: JudgeContext): AsyncGenerator<Result> {
  const inside = await Promise.all(CHOSEN_ON.map((held) => holdOut(held, learned)))
  const settings = await chooseSample(inside, isNormal)
  const share = await chooseShare(inside, settings)
  const plain = await holdOut(JUDGED, learned)
  const surrounded = await holdOut(JUDGED, learned, { context: true })
  const positive = isAttack(plain.test, isNormal)
  const forest = await answerIsolation(plain, isNormal, settings, peer)
  const autoencoders = SEEDS.map((seed) => answerAutoencoder(plain, isNormal, seed))
  const context = answerContext(surrounded, isNormal)
  const together = answerEnsemble({ forest: forest.own, autoencoder: autoencoders[0], context })
  const name = `isolation forest, ${settings.sampleSize} rows a tree`
  const answers: [string, Pair<AnomalyAnswer>[]][] = [
    [name, [forest]],
    ['autoencoder, mean of 3 seeds', autoencoders.map(alone)],
    [`${name}, with context`, [await answerIsolation(surrounded, isNormal, settings, peer)]],
    [
      'autoencoder with context, mean of 3 seeds',
      SEEDS.map((seed) => alone(answerAutoencoder(surrounded, isNormal, seed))),
    ],
    ['context alone', [alone(context)]],
    ['ensemble of forest, autoencoder and context', [alone(together)]],
  ]
  const common = { data: 'IoT-23', split: `benign rows of ${learned.join(', ')} / scenario ${JUDGED}` }
  const marks = `F1 where ${share * 100} % of benign training rows lie above`
  for (const [model, pairs] of answers) {
    const ranked = pairs.map((pair) => measured(pair, ({ score }) => auc(score, positive)))
    const marked = pairs.map((pair) => measured(pair, ({ anomaly }) => f1AtThreshold(anomaly, positive, 1 - share)))
    yield { ...common, model, measure: 'AUC', goal: 0.99, ...oneOf(ranked) }
    yield { ...common, model, measure: marks, goal: 0.9, ...oneOf(marked) }
    const above = pairs.map((pair) => measured(pair, ({ anomaly }) => benignAbove(anomaly, positive, 1 - share)))
    yield { ...common, model, measure: 'share of the judged benign flows above it', ...oneOf(above) }
  }
  const all = f1AtThreshold(new Float64Array(positive.length).fill(1), positive, 1)
  yield { ...common, model: 'none: every flow told of', measure: 'F1', value: all }
  yield* judgeInTurn(learned, settings, { peer, share })
  if (learned !== TRAININGS[0]) return
  const curves = { 'isolation forest': forest.own.score, autoencoder: autoencoders[0].score }
  draw({ name: 'roc-iot-23', svg: drawRoc({ ...curves, context: context.score, ensemble: together.score }, positive) })
}

/** The forest with context on each scenario with attacks. */
async function* judgeInTurn(
  learned: readonly Scenario[],
  settings: AnomalySettings,
  { peer, share }: Pick<JudgeContext, 'peer'> & { share: number },
): AsyncGenerator<Result> {
  const ranked = []
  const marked = []
  for (const held of [...CHOSEN_ON, JUDGED]) {
    const parts = await holdOut(held, learned, { context: true })
    const positive = isAttack(parts.test, isNormal)
    const answer = await answerIsolation(parts, isNormal, settings, peer)
    ranked.push(measured(answer, ({ score }) => auc(score, positive)))
    marked.push(measured(answer, ({ anomaly }) => f1AtThreshold(anomaly, positive, 1 - share)))
  }
  const split = `benign rows of ${learned.join(', ')} but the judged / ${[...CHOSEN_ON, JUDGED].join(', ')} in turn`
  const common = { data: 'IoT-23', split, model: 'isolation forest, with context' }
  yield { ...common, measure: 'AUC, mean', ...meanOf(ranked) }
  yield { ...common, measure: `F1 where ${share * 100} % of benign training rows lie above, mean`, ...meanOf(marked) }
}

const alone = (own: AnomalyAnswer): Pair<AnomalyAnswer> => ({ own, peer: undefined })

type Measured = ReturnType<typeof measured>

const oneOf = (parts: readonly Measured[]): Measured => (parts.length === 1 ? parts[0] : meanOf(parts))
