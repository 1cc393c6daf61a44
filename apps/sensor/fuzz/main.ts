/**
 * `npm run fuzz -- decode|recognise|pcap [--inputs N] [--seed S]`: feeds mutations of the recorded cases. One JSON object at the
 * end; the first input that breaks something is saved as a capture under `fuzz/cases/TARGET`, where it is run again from
 * then on, and the exit code is 1.
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { toPcap } from './to-pcap.ts'
import { fuzz, TARGETS } from './run.ts'

const USAGE = 'npm run fuzz -- decode|recognise|pcap [--inputs N] [--seed S]'

const { values, positionals } = parseArgs({
  options: { inputs: { type: 'string', default: '1000000' }, seed: { type: 'string', default: '1' } },
  allowPositionals: true,
})
const [target = ''] = positionals
const inputs = Number(values.inputs)
const seed = Number(values.seed)
if (!(target in TARGETS) || !(inputs > 0) || !Number.isInteger(seed)) {
  process.stderr.write(`picket: usage: ${USAGE}\n`)
  process.exitCode = 2
} else {
  const startedAt = performance.now()
  const failure = await fuzz({ target, inputs, seed })
  const seconds = Math.round(performance.now() - startedAt) / 1000
  if (failure) {
    const folder = fileURLToPath(new URL(`./cases/${target}/`, import.meta.url))
    const path = `${folder}${seed}-${inputs}.pcap`
    mkdirSync(folder, { recursive: true })
    writeFileSync(path, target === 'pcap' ? failure.inputs[0] : toPcap(failure.inputs))
    process.stderr.write(`picket: ${failure.reason}\npicket: the input is kept as ${path}\n`)
    process.exitCode = 1
  }
  console.log(JSON.stringify({ fuzz: target, inputs, seed, failed: failure !== undefined, seconds }))
}
