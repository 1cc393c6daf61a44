import { auc } from '../../src/evaluation/index.ts'
import { chooseSample } from './choose.ts'
import { answerAutoencoder, answerIsolation, isAttack, type IsNormal } from './judge.ts'
import { NSL_KDD } from './nsl-kdd.ts'
import { measured, type JudgeContext, type Result } from './result.ts'
import { splitByOrder } from './split.ts'
import { loadTable } from './table-data.ts'

const isNormal: IsNormal = (label) => label === 'normal'

export async function* judgeNslKdd({ peer }: JudgeContext): AsyncGenerator<Result> {
  const parts = splitByOrder(await loadTable(NSL_KDD), 0.6)
  const positive = isAttack(parts.test, isNormal)
  const common = {
    data: 'NSL-KDD',
    split: 'first 60 % of the 20 % part, its normal rows / the rest',
    measure: 'AUC',
  }
  const settings = await chooseSample([splitByOrder(parts.training, 0.6)], isNormal)
  const isolation = await answerIsolation(parts, isNormal, settings, peer)
  const model = `isolation forest, ${settings.sampleSize} rows a tree`
  yield { ...common, model, ...measured(isolation, ({ score }) => auc(score, positive)) }
  yield { ...common, model: 'autoencoder', value: auc(answerAutoencoder(parts, isNormal, 1).score, positive) }
}
