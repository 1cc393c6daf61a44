/**
 * Judges the traffic classes on nDPI's labelled captures of ../shared/data, captures of a model's training never among those it is judged
 * on, and writes the table into packages/ml/README.md between its markers: `node packages/ml/scripts/evaluate-captures.ts [--check]`.
 */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { ANSWERS, figuresOf, isUnsettled, judgeByCapture, type JudgedFlow } from './captures/judge-captures.ts'
import { readLabelledFlows } from './captures/labelled-flows.ts'

const FOLDER = fileURLToPath(new URL('../../../../shared/data/pcap-labelled', import.meta.url))
const README = fileURLToPath(new URL('../README.md', import.meta.url))
const [BEGIN, END] = ['<!-- captures: begin -->', '<!-- captures: end -->']

if (existsSync(FOLDER)) await evaluate()
else process.stderr.write('skipped: ../shared/data is absent\n')

async function evaluate(): Promise<void> {
  const judged = await judgeByCapture(await readLabelledFlows(FOLDER))
  const parts: [string, JudgedFlow[]][] = [
    ['all', judged],
    ['no recogniser settles it', judged.filter(isUnsettled)],
  ]
  const lines = parts.flatMap(([part, flows]) =>
    Object.entries(ANSWERS).map(([by, answer]) => {
      const figures = figuresOf(flows, answer)
      console.log(JSON.stringify({ part, by, ...figures }))
      const { macroF1, accuracy, answered } = figures
      return `| ${part} (${flows.length}) | ${by} | ${macroF1.toFixed(3)} | ${accuracy.toFixed(3)} | ${answered.toFixed(3)} |`
    }),
  )
  if (process.argv.includes('--check')) return
  const table = ['| flows | answer by | macro-F1 | accuracy | answered |', '|---|---|---|---|---|', ...lines].join('\n')
  const text = await readFile(README, 'utf8')
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  await writeFile(README, `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`)
}
