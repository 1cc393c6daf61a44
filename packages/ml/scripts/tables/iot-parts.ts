import { f1AtThreshold } from '../../src/evaluation/index.ts'
import { best } from './choose.ts'
import { iot23, type Scenario } from './iot-23.ts'
import { answerIsolation, isAttack, type AnomalySettings, type IsNormal, type Parts } from './judge.ts'
import { loadTable } from './table-data.ts'

export const isNormal: IsNormal = (label) => label === 'normal'

/** Shares of benign training rows that may lie above the threshold. */
const SHARES = [0.05, 0.02, 0.01]

/** Rows of some scenarios to learn from, those of another one to be judged. */
export async function holdOut(held: Scenario, learned: readonly Scenario[], { context = false } = {}): Promise<Parts> {
  const others = learned.filter((scenario) => scenario !== held)
  return { training: await loadTable(iot23(others), { context }), test: await loadTable(iot23([held]), { context }) }
}

/** The share that marks best on parts that are not the judged one. */
export async function chooseShare(inside: readonly Parts[], settings: AnomalySettings): Promise<number> {
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
