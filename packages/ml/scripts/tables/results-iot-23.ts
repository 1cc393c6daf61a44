import { auc, f1AtThreshold } from '../../src/evaluation/index.ts'
import { best, chooseSample } from './choose.ts'
import { drawRoc } from './draw.ts'
import { answerContext, answerEnsemble } from './ensemble.ts'
import { iot23, type Scenario } from './iot-23.ts'
import {
  answerAutoencoder,
  answerIsolation,
  isAttack,
  type AnomalyAnswer,
  type AnomalySettings,
  type IsNormal,
  type Parts,
} from './judge.ts'
import { meanOf, measured, type JudgeContext, type Result } from './result.ts'
import { loadTable } from './table-data.ts'

const isNormal: IsNormal = (label) => label === 'normal'
const SCENARIOS: readonly Scenario[] = ['4', '5', '20', '34', '42']
/** The one that is judged, and those that settings are chosen on, each held out in turn while the judged one is not looked at. */
const JUDGED: Scenario = '34'
const CHOSEN_ON: readonly Scenario[] = ['20', '42']
/** Shares of benign training rows that may lie above the threshold. */
const SHARES = [0.05, 0.02, 0.01]

export async function* judgeIot({ peer, draw }: JudgeContext): AsyncGenerator<Result> {
  const inside = await Promise.all(CHOSEN_ON.map((held) => holdOut(held, [held, JUDGED])))
  const settings = await chooseSample(inside, isNormal)
  const share = await chooseShare(inside, settings)
  const parts = await holdOut(JUDGED, [JUDGED])
  const positive = isAttack(parts.test, isNormal)
  const common = { data: 'IoT-23', split: 'benign rows of 4, 5, 20, 42 / scenario 34' }
  const isolation = await answerIsolation(parts, isNormal, settings, peer)
  const autoencoder = { own: answerAutoencoder(parts, isNormal, 1), peer: undefined }
  const ranks = ({ score }: AnomalyAnswer) => auc(score, positive)
  const marks = ({ anomaly }: AnomalyAnswer) => f1AtThreshold(anomaly, positive, 1 - share)
  const measure = `F1 where ${share * 100} % of benign training rows lie above`
  const forest = `isolation forest, ${settings.sampleSize} rows a tree`
  for (const [model, answer] of [
    [forest, isolation],
    ['autoencoder', autoencoder],
  ] as const) {
    yield { ...common, model, measure: 'AUC', goal: 0.99, ...measured(answer, ranks) }
    yield { ...common, model, measure, goal: 0.9, ...measured(answer, marks) }
  }
  const surrounded = await holdOut(JUDGED, [JUDGED], { context: true })
  const withContext = await answerIsolation(surrounded, isNormal, settings, peer)
  const context = answerContext(surrounded, isNormal)
  const together = answerEnsemble({ forest: isolation.own, autoencoder: autoencoder.own, context })
  for (const [model, answer] of [
    [`${forest}, with context`, withContext],
    ['context alone', { own: context, peer: undefined }],
    ['ensemble of forest, autoencoder and context', { own: together, peer: undefined }],
  ] as const) {
    yield { ...common, model, measure: 'AUC', ...measured(answer, ranks) }
    yield { ...common, model, measure, ...measured(answer, marks) }
  }
  const curves = { 'isolation forest': isolation.own.score, autoencoder: autoencoder.own.score }
  draw({ name: 'roc-iot-23', svg: drawRoc({ ...curves, ensemble: together.score }, positive) })
  yield* judgeAll(settings, share, peer)
}

async function* judgeAll(settings: AnomalySettings, share: number, peer: JudgeContext['peer']): AsyncGenerator<Result> {
  const ranked = []
  const marked = []
  for (const held of [...CHOSEN_ON, JUDGED]) {
    const parts = await holdOut(held, [held])
    const positive = isAttack(parts.test, isNormal)
    const answer = await answerIsolation(parts, isNormal, settings, peer)
    ranked.push(measured(answer, ({ score }) => auc(score, positive)))
    marked.push(measured(answer, ({ anomaly }) => f1AtThreshold(anomaly, positive, 1 - share)))
  }
  const split = 'benign rows of all others / 20, 42, 34 in turn'
  const common = { data: 'IoT-23', split, model: 'isolation forest' }
  yield { ...common, measure: 'AUC, mean', ...meanOf(ranked) }
  yield { ...common, measure: `F1 where ${share * 100} % of benign training rows lie above, mean`, ...meanOf(marked) }
}

async function holdOut(held: Scenario, leftOut: readonly Scenario[], { context = false } = {}): Promise<Parts> {
  const training = await loadTable(iot23(SCENARIOS.filter((scenario) => !leftOut.includes(scenario))), { context })
  return { training, test: await loadTable(iot23([held]), { context }) }
}

async function chooseShare(inside: readonly Parts[], settings: AnomalySettings): Promise<number> {
  const answers = await Promise.all(
    inside.map(async (parts) => ({
      answer: await answerIsolation(parts, isNormal, settings),
      positive: isAttack(parts.test, isNormal),
    })),
  )
  return best(SHARES, (share) =>
    answers.reduce((sum, { answer, positive }) => sum + f1AtThreshold(answer.own.anomaly, positive, 1 - share), 0),
  )
}
