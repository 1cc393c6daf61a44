import type { EpochErrors } from '../../src/autoencoder/index.ts'
import { accuracy, auc, macroF1, perClass } from '../../src/evaluation/index.ts'
import { chooseClassWeights, chooseSample } from './choose.ts'
import { CICIDS } from './cicids.ts'
import { drawConfusion, drawEpochs, drawRoc } from './draw.ts'
import { answerAutoencoder, answerForest, answerIsolation, confusionOf, isAttack, type IsNormal } from './judge.ts'
import { meanOf, measured, type JudgeContext, type Result } from './result.ts'
import { splitWithinClass } from './split.ts'
import { loadTable } from './table-data.ts'

/** The smallest classes have 4 to 9 judged rows: one row more or less moves macro-F1 by a point. */
const SEEDS = [1, 2, 3]
/** Judged rows below which a class is small. */
const SMALL = 50
const isNormal: IsNormal = (label) => label === 'BENIGN'

export async function* judgeCicids({ peer, draw }: JudgeContext): AsyncGenerator<Result> {
  const parts = splitWithinClass(await loadTable(CICIDS), 0.6)
  const { training, test } = parts
  const common = { data: 'CICIDS2017 improved, sample', split: '60/40 by time within class' }
  const chosen = await chooseClassWeights(training)
  const answers = []
  for (const seed of SEEDS) answers.push(await answerForest(parts, { ...chosen, seed }, peer))
  const counts = answers.map(({ own, peer: theirs }) => ({
    own: confusionOf(own, test),
    peer: theirs && confusionOf(theirs, test),
  }))
  draw({ name: 'confusion-cicids2017', svg: drawConfusion(counts[0].own, test.classes) })
  const mean = (measure: (matrix: number[][]) => number) => meanOf(counts.map((pair) => measured(pair, measure)))
  const model = chosen.classWeights ? 'random forest, classes weigh the same' : 'random forest'
  yield { ...common, model, measure: 'macro-F1, mean of 3 seeds', goal: 0.96, ...mean(macroF1) }
  const measure = `macro-F1 of classes with ${SMALL} judged rows and more`
  yield { ...common, model, measure, ...mean(macroF1OfLarge) }
  yield { ...common, model, measure: 'accuracy', ...mean(accuracy) }
  const plain = []
  for (const seed of SEEDS) {
    const { own, peer: theirs } = await answerForest(parts, { seed, minLeafRows: 1 }, peer)
    plain.push(measured({ own: confusionOf(own, test), peer: theirs && confusionOf(theirs, test) }, macroF1))
  }
  const asItComes = 'random forest, settings as scikit-learn has them'
  yield { ...common, model: asItComes, measure: 'macro-F1, mean of 3 seeds', ...meanOf(plain) }
  const settings = await chooseSample([splitWithinClass(training, 0.6)], isNormal)
  const positive = isAttack(test, isNormal)
  const isolation = await answerIsolation(parts, isNormal, settings, peer)
  const epochs: EpochErrors[] = []
  const autoencoder = answerAutoencoder(parts, isNormal, 1, (epoch) => epochs.push(epoch))
  draw({ name: 'learning-autoencoder-cicids2017', svg: drawEpochs(epochs) })
  yield {
    ...common,
    model: `isolation forest, ${settings.sampleSize} rows a tree`,
    measure: 'AUC',
    goal: 0.9,
    ...measured(isolation, ({ score }) => auc(score, positive)),
  }
  yield { ...common, model: 'autoencoder', measure: 'AUC', goal: 0.9, value: auc(autoencoder.score, positive) }
  const curves = { 'isolation forest': isolation.own.score, autoencoder: autoencoder.score }
  draw({ name: 'roc-cicids2017', svg: drawRoc(curves, positive) })
}

function macroF1OfLarge(counts: readonly (readonly number[])[]): number {
  const large = perClass(counts).filter(({ support }) => support >= SMALL)
  return large.reduce((sum, { f1 }) => sum + f1, 0) / large.length
}
