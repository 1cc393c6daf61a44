/**
 * Judges the trainers on the public tables of ../shared/data beside scikit-learn and writes the results into packages/ml/README.md,
 * between its two markers, and drawings into packages/ml/docs: `node packages/ml/scripts/evaluate-tables.ts [--check] [--only A,B]`. Prints one
 * JSON object a result; with --check writes nothing, with --only the other tables' lines stay.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { Peer } from './tables/peer.ts'
import type { Figure, Result } from './tables/result.ts'
import { chosenJudges } from './tables/results.ts'
import { areTablesPresent } from './tables/table-data.ts'

const README = fileURLToPath(new URL('../README.md', import.meta.url))
const DOCS = fileURLToPath(new URL('../docs', import.meta.url))
const [BEGIN, END] = ['<!-- tables: begin -->', '<!-- tables: end -->']

const { check, only } = parseArgs({ options: { check: { type: 'boolean' }, only: { type: 'string' } } }).values
if (areTablesPresent()) await evaluate()
else process.stderr.write('skipped: ../shared/data is absent\n')

async function evaluate(): Promise<void> {
  const results: Result[] = []
  const figures: Figure[] = []
  const peer = Peer.open()
  try {
    for (const judge of chosenJudges(only)) {
      for await (const result of judge({ peer, draw: (figure) => figures.push(figure) })) {
        results.push(result)
        console.log(JSON.stringify(result))
      }
    }
  } finally {
    peer?.close()
  }
  if (check) return
  const text = await readFile(README, 'utf8')
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  const before = text
    .slice(from + BEGIN.length, to)
    .trim()
    .split('\n')
  const table = toTable(toLines(results), before)
  await writeFile(README, `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`)
  await mkdir(DOCS, { recursive: true })
  for (const { name, svg } of figures) await writeFile(`${DOCS}/${name}.svg`, svg)
}

function toLines(results: readonly Result[]): string[] {
  return results.map(({ data, split, model, measure, goal, value, peer, range }) => {
    const reached = goal === undefined ? '' : value >= goal ? 'yes' : 'no'
    const spread = range ? ` (${range.map((bound) => bound.toFixed(3)).join(' to ')})` : ''
    const cells = [data, split, model, measure, value.toFixed(3) + spread, peer?.toFixed(3) ?? '', goal ?? '', reached]
    return `| ${cells.join(' | ')} |`
  })
}

/** The lines under their head; where only some of the data were judged, in the place of theirs in the table before. */
function toTable(lines: readonly string[], before: readonly string[]): string {
  const head = [
    '| data | learned from / judged on | model | measure | reached | scikit-learn | goal | met |',
    '|---|---|---|---|---|---|---|---|',
  ]
  if (only === undefined) return [...head, ...lines].join('\n')
  const groups = Map.groupBy(lines, dataOf)
  const merged = before.slice(head.length).flatMap((line, i, all) => {
    const group = groups.get(dataOf(line))
    if (!group) return [line]
    return i === all.findIndex((other) => dataOf(other) === dataOf(line)) ? group : []
  })
  return [...head, ...merged].join('\n')
}

/** Of a line. */
function dataOf(line: string): string {
  return line.split(' | ')[0]
}
