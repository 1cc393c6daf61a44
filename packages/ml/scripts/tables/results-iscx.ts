import { rowCount, selectRows } from '../../src/dataset/labelled-rows.ts'
import { accuracy } from '../../src/evaluation/index.ts'
import { createRandom, sampleIndices } from '../../src/training/random.ts'
import { drawLearning } from './draw.ts'
import { ISCX } from './iscx.ts'
import { answerForest, confusionOf } from './judge.ts'
import { meanOf, measured, type JudgeContext, type Result } from './result.ts'
import { loadTable } from './table-data.ts'

const FOLDS = 10
const SETTINGS = { seed: 1, minLeafRows: 1 }
const LEARNED = [0.1, 0.25, 0.5, 1]

export async function* judgeIscx({ peer, draw }: JudgeContext): AsyncGenerator<Result> {
  const table = await loadTable(ISCX)
  const order = sampleIndices(rowCount(table), rowCount(table), createRandom(SETTINGS.seed))
  const folds = Array.from({ length: FOLDS }, (_, fold) => ({
    training: selectRows(
      table,
      order.filter((_row, i) => i % FOLDS !== fold),
    ),
    test: selectRows(
      table,
      order.filter((_row, i) => i % FOLDS === fold),
    ),
  }))
  const judged = []
  for (const parts of folds) {
    const answer = await answerForest(parts, SETTINGS, peer)
    judged.push(measured(answer, (found) => accuracy(confusionOf(found, parts.test))))
  }
  const common = { data: 'ISCX VPN 15 s, 14 classes', split: '10-fold, random' }
  yield { ...common, model: 'random forest', measure: 'accuracy', goal: 0.88, ...meanOf(judged) }
  const [{ training, test }] = folds
  const points: { rows: number; value: number }[] = []
  for (const share of LEARNED) {
    const rows = Math.floor(rowCount(training) * share)
    const part = selectRows(
      training,
      Array.from({ length: rows }, (_, i) => i),
    )
    const { own } = await answerForest({ training: part, test }, SETTINGS)
    points.push({ rows, value: accuracy(confusionOf(own, test)) })
  }
  draw({ name: 'learning-iscx-vpn', svg: drawLearning(points, 'accuracy') })
}
