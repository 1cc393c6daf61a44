/**
 * What training costs beside scikit-learn on the same rows, settings and threads: `npm run bench -- train [--rows N] [--trees N]
 * [--threads N] [--rounds N] [--only random-forest|isolation-forest]`. One JSON object a line, an object a round. In every round one trains its
 * share of the trees after the other, so that both meet the same load of the machine; figures add up over the rounds.
 */
import { parseArgs } from 'node:util'
import { accuracy, auc, confusion } from '../src/evaluation/index.ts'
import { trainIsolationForest } from '../src/training/isolation-forest.ts'
import { trainRandomForestOnThreads } from '../src/training/random-forest.ts'
import { NO_COST, compared, sum, timed } from './cost.ts'
import { CLASSES, COLUMNS, generateOddRows, generateRows } from './generated-rows.ts'
import { Peer } from './peer.ts'

const HELD_ROWS = 20_000
const text = { type: 'string' } as const
const { values } = parseArgs({ options: { rows: text, trees: text, threads: text, rounds: text, only: text } })
const rows = Number(values.rows ?? 50_000)
const trees = Number(values.trees ?? 20)
const threads = Number(values.threads ?? 2)
const rounds = Number(values.rounds ?? 1)

if (values.only !== 'isolation-forest') await benchRandomForest()
if (values.only !== 'random-forest') await benchIsolationForest()

async function benchRandomForest() {
  const training = generateRows(rows, 1)
  const held = generateRows(HELD_ROWS, 2)
  const shape = { featureCount: COLUMNS, classCount: CLASSES }
  const peer = Peer.open(training, held)
  const share = Math.ceil(trees / rounds)
  const own = { cost: NO_COST, votes: new Float64Array(HELD_ROWS * CLASSES) }
  const theirs = { cost: NO_COST, votes: new Float64Array(HELD_ROWS * CLASSES) }
  for (let seed = 1; seed <= rounds; seed++) {
    const options = { trees: share, threads, seed }
    const [forest, fit] = await timed(() => trainRandomForestOnThreads(training.rows, training.labels, shape, options))
    own.cost = sum(own.cost, fit)
    forest.predict(held.rows).forEach((probability, i) => (own.votes[i] += probability))
    const result = peer?.run({ task: 'random-forest', ...options })
    theirs.cost = sum(theirs.cost, result?.fit ?? NO_COST)
    result?.probabilities?.forEach((probability, i) => (theirs.votes[i] += probability))
    report('train-random-forest', share * seed, {
      ...compared(own.cost, peer && theirs.cost),
      accuracy: accuracyOf(own.votes, held.labels),
      ...(result && { peer_accuracy: accuracyOf(theirs.votes, held.labels), peer: `scikit-learn ${result.version}` }),
    })
  }
  peer?.close()
}

/** One forest depends much on its seed (AUC +-0.02), so both are judged by the mean over the rounds. */
async function benchIsolationForest() {
  const training = generateRows(rows, 1)
  const held = generateOddRows(HELD_ROWS, 3)
  const peer = Peer.open(training, held)
  const variants = [{ name: 'published', outsideShare: 0 }, { name: 'shipped' }, { name: 'extended', directions: 128 }]
  const own = variants.map(() => ({ cost: NO_COST, auc: 0 }))
  const theirs = { cost: NO_COST, auc: 0 }
  for (let seed = 1; seed <= rounds; seed++) {
    const result = peer?.run({ task: 'isolation-forest', trees, threads, seed })
    theirs.cost = sum(theirs.cost, result?.fit ?? NO_COST, result?.score ?? NO_COST)
    theirs.auc += result?.auc ?? 0
    for (const [i, { name, ...options }] of variants.entries()) {
      const [forest, fit] = await timed(() => trainIsolationForest(training.rows, COLUMNS, { trees, seed, ...options }))
      const [, score] = await timed(() => forest.pathSums(training.rows))
      own[i].cost = sum(own[i].cost, fit, score)
      own[i].auc += auc(forest.predict(held.rows).score, held.labels)
      report(`isolation-forest-${name}`, trees, {
        rounds: seed,
        ...compared(own[i].cost, peer && theirs.cost),
        auc: own[i].auc / seed,
        ...(result && { peer_auc: theirs.auc / seed, peer: `scikit-learn ${result.version}` }),
      })
    }
  }
  peer?.close()
}

function accuracyOf(votes: Float64Array, labels: Uint16Array): number {
  const best = labels.map((_, i) => {
    const row = votes.subarray(i * CLASSES, (i + 1) * CLASSES)
    return row.indexOf(Math.max(...row))
  })
  return accuracy(confusion(labels, best, CLASSES))
}

function report(bench: string, grown: number, figures: Record<string, number | string>): void {
  const rounded = Object.entries(figures).map(([name, value]) => [
    name,
    typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value,
  ])
  console.log(JSON.stringify({ bench, rows, columns: COLUMNS, trees: grown, threads, ...Object.fromEntries(rounded) }))
}
