/**
 * Judges the trainers on the public tables of ../shared/data beside scikit-learn and writes the results into packages/ml/README.md,
 * between its two markers, and drawings into packages/ml/docs: `node packages/ml/scripts/evaluate-tables.ts [--check]`. Prints one JSON object
 * a result; with --check writes nothing.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Peer } from './tables/peer.ts'
import type { Figure, Result } from './tables/result.ts'
import { JUDGES } from './tables/results.ts'
import { areTablesPresent } from './tables/table-data.ts'

const README = fileURLToPath(new URL('../README.md', import.meta.url))
const DOCS = fileURLToPath(new URL('../docs', import.meta.url))
const [BEGIN, END] = ['<!-- tables: begin -->', '<!-- tables: end -->']

if (areTablesPresent()) await evaluate()
else process.stderr.write('skipped: ../shared/data is absent\n')

async function evaluate(): Promise<void> {
  const results: Result[] = []
  const figures: Figure[] = []
  const peer = Peer.open()
  try {
    for (const judge of JUDGES) {
      for await (const result of judge({ peer, draw: (figure) => figures.push(figure) })) {
        results.push(result)
        console.log(JSON.stringify(result))
      }
    }
  } finally {
    peer?.close()
  }
  if (process.argv.includes('--check')) return
  const text = await readFile(README, 'utf8')
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  await writeFile(README, `${text.slice(0, from + BEGIN.length)}\n\n${toMarkdown(results)}\n\n${text.slice(to)}`)
  await mkdir(DOCS, { recursive: true })
  for (const { name, svg } of figures) await writeFile(`${DOCS}/${name}.svg`, svg)
}

function toMarkdown(results: readonly Result[]): string {
  const lines = results.map(({ data, split, model, measure, goal, value, peer, range }) => {
    const reached = goal === undefined ? '' : value >= goal ? 'yes' : 'no'
    const spread = range ? ` (${range.map((bound) => bound.toFixed(3)).join(' to ')})` : ''
    const cells = [data, split, model, measure, value.toFixed(3) + spread, peer?.toFixed(3) ?? '', goal ?? '', reached]
    return `| ${cells.join(' | ')} |`
  })
  const head =
    '| data | learned from / judged on | model | measure | reached | scikit-learn | goal | met |\n|---|---|---|---|---|---|---|---|'
  return [head, ...lines].join('\n')
}
