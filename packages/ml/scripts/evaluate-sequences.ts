/**
 * Judges the sequence autoencoder beside the dense one and the forest on encrypted flows of the phone apps' captures of ../shared/data, with
 * planted openings, and writes the table into packages/ml/README.md between its markers: `node packages/ml/scripts/evaluate-sequences.ts
 * [--check]`, and how its error falls by pass into docs. Prints one JSON object a model; with --check writes nothing.
 */
import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { PLANTED, encryptedFlows, judgeSequences } from './captures/judge-sequences.ts'
import { withCaptures } from './captures/unpack.ts'
import { drawEpochs } from './tables/draw.ts'

const ARCHIVE = fileURLToPath(new URL('../../../../shared/data/pcap-labelled/but-mobile-apps.tar.zst', import.meta.url))
const DRAWING = fileURLToPath(new URL('../docs/learning-sequence-autoencoder.svg', import.meta.url))
const README = fileURLToPath(new URL('../README.md', import.meta.url))
const [BEGIN, END] = ['<!-- sequences: begin -->', '<!-- sequences: end -->']

if (existsSync(ARCHIVE)) await evaluate()
else process.stderr.write('skipped: ../shared/data is absent\n')

async function evaluate(): Promise<void> {
  const judged = judgeSequences(await withCaptures(ARCHIVE, encryptedFlows))
  for (const { epochs, ...figures } of judged) console.log(JSON.stringify({ ...figures, epochs: epochs.length }))
  if (process.argv.includes('--check')) return
  const names = Object.keys(PLANTED)
  const table = [
    `| model | ${names.map((name) => `AUC, ${name}`).join(' | ')} | KB | ms of processor time for 1,000 flows |`,
    `|---|${names.map(() => '---|').join('')}---|---|`,
    ...judged.map(({ model, areas, octets, cost }) => {
      const figures = names.map((name) => areas[name].toFixed(3))
      return `| ${model} | ${figures.join(' | ')} | ${Math.round(octets / 1000)} | ${cost.toFixed(1)} |`
    }),
  ].join('\n')
  await writeFile(DRAWING, drawEpochs(judged.at(-1)?.epochs ?? []))
  const text = await readFile(README, 'utf8')
  const [from, to] = [text.indexOf(BEGIN), text.indexOf(END)]
  await writeFile(README, `${text.slice(0, from + BEGIN.length)}\n\n${table}\n\n${text.slice(to)}`)
}
