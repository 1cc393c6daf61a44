/**
 * Judges the trainers on the public tables of ../shared/data and writes the results into packages/ml/README.md, between its two
 * markers: `node packages/ml/scripts/evaluate-tables.ts [--check]`. Prints one JSON object a result; with --check writes nothing.
 */
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { cicids, iot, iscx, nslKdd, westermoSensors, type Result } from './tables/results.ts'
import { areTablesPresent } from './tables/table-data.ts'

const README = fileURLToPath(new URL('../README.md', import.meta.url))
const [BEGIN, END] = ['<!-- tables: begin -->', '<!-- tables: end -->']

if (areTablesPresent()) await evaluate()
else process.stderr.write('skipped: ../shared/data is absent\n')

async function evaluate(): Promise<void> {
  const results: Result[] = []
  for (const judge of [cicids, iscx, nslKdd, westermoSensors, iot]) {
    for await (const result of judge()) {
      results.push(result)
      console.log(JSON.stringify(result))
    }
  }
  if (process.argv.includes('--check')) return
  const text = await readFile(README, 'utf8')
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  await writeFile(README, `${text.slice(0, from + BEGIN.length)}\n\n${toMarkdown(results)}\n\n${text.slice(to)}`)
}

function toMarkdown(results: readonly Result[]): string {
  const lines = results.map(({ data, split, model, measure, goal, value }) => {
    const reached = goal === undefined ? '' : value >= goal ? 'yes' : 'no'
    return `| ${data} | ${split} | ${model} | ${measure} | ${value.toFixed(3)} | ${goal ?? ''} | ${reached} |`
  })
  const head =
    '| data | learned from / judged on | model | measure | reached | goal | met |\n|---|---|---|---|---|---|---|'
  return [head, ...lines].join('\n')
}
