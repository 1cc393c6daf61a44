/**
 * What training costs beside scikit-learn on the same rows, settings and threads: `npm run bench -- train [--rows N] [--trees N]
 * [--threads N] [--only random-forest|isolation-forest]`. One JSON object a line. The time of a forest is in proportion to its trees, so
 * a million rows can be compared with a few.
 */
import { parseArgs } from 'node:util'
import { accuracy, auc, confusion } from '../src/evaluation/index.ts'
import { trainIsolationForest } from '../src/training/isolation-forest.ts'
import { trainRandomForestOnThreads } from '../src/training/random-forest.ts'
import { CLASSES, COLUMNS, generateOddRows, generateRows } from './generated-rows.ts'
import { runPeer, type Cost } from './peer.ts'

const HELD_ROWS = 20_000
const text = { type: 'string' } as const
const { values } = parseArgs({ options: { rows: text, trees: text, threads: text, only: text } })
const rows = Number(values.rows ?? 50_000)
const trees = Number(values.trees ?? 20)
const threads = Number(values.threads ?? 2)

if (values.only !== 'isolation-forest') await benchRandomForest()
if (values.only !== 'random-forest') await benchIsolationForest()

async function benchRandomForest() {
  const training = generateRows(rows, 1)
  const held = generateRows(HELD_ROWS, 2)
  const shape = { featureCount: COLUMNS, classCount: CLASSES }
  const [forest, fit] = await timed(() =>
    trainRandomForestOnThreads(training.rows, training.labels, shape, { trees, threads }),
  )
  const probabilities = forest.predict(held.rows)
  const best = held.labels.map((_, i) => {
    const row = probabilities.subarray(i * CLASSES, (i + 1) * CLASSES)
    return row.indexOf(Math.max(...row))
  })
  const peer = runPeer({ task: 'random-forest', trees, threads }, training, held)
  report('train-random-forest', {
    ...cost('', fit),
    accuracy: accuracy(confusion(held.labels, best, CLASSES)),
    ...(peer && {
      peer: `scikit-learn ${peer.version}`,
      ...cost('peer_', peer.fit),
      peer_accuracy: peer.accuracy,
      times_faster: peer.fit.seconds / fit.seconds,
      times_less_cpu: peer.fit.cpu_seconds / fit.cpu_seconds,
    }),
  })
}

async function benchIsolationForest() {
  const training = generateRows(rows, 1)
  const held = generateOddRows(HELD_ROWS, 3)
  const peer = runPeer({ task: 'isolation-forest', trees, threads }, training, held)
  const variants = { published: { outsideShare: 0 }, shipped: {}, extended: { directions: 128 } }
  for (const [variant, options] of Object.entries(variants)) {
    const [forest, fit] = await timed(() => trainIsolationForest(training.rows, COLUMNS, { trees, ...options }))
    const [, score] = await timed(() => forest.pathSums(training.rows))
    const all = sum(fit, score)
    const peerAll = peer?.score && sum(peer.fit, peer.score)
    report(`isolation-forest-${variant}`, {
      ...cost('', all),
      auc: auc(forest.predict(held.rows).score, held.labels),
      ...(peerAll && {
        peer: `scikit-learn ${peer.version}`,
        ...cost('peer_', peerAll),
        peer_auc: peer.auc,
        times_faster: peerAll.seconds / all.seconds,
        times_less_cpu: peerAll.cpu_seconds / all.cpu_seconds,
      }),
    })
  }
}

async function timed<T>(work: () => T | Promise<T>): Promise<[T, Cost]> {
  const startedAt = performance.now()
  const before = process.cpuUsage()
  const result = await work()
  const { user, system } = process.cpuUsage(before)
  return [result, { seconds: (performance.now() - startedAt) / 1e3, cpu_seconds: (user + system) / 1e6 }]
}

function sum(a: Cost, b: Cost): Cost {
  return { seconds: a.seconds + b.seconds, cpu_seconds: a.cpu_seconds + b.cpu_seconds }
}

function cost(prefix: string, { seconds, cpu_seconds }: Cost): Record<string, number> {
  return { [`${prefix}seconds`]: seconds, [`${prefix}cpu_seconds`]: cpu_seconds }
}

function report(bench: string, figures: Record<string, number | string | undefined>): void {
  const rounded = Object.entries(figures).map(([name, value]) => [
    name,
    typeof value === 'number' ? Math.round(value * 1e4) / 1e4 : value,
  ])
  console.log(JSON.stringify({ bench, rows, columns: COLUMNS, trees, threads, ...Object.fromEntries(rounded) }))
}
