/** `npm run compare -- NAME ARGUMENTS`: compares the sensor with what others say of the same captures. */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { compareWithNdpi } from './ndpi.ts'
import { writeReadmeSection } from './readme-section.ts'
import { reportNdpi, reportSuricata } from './report.ts'
import { compareWithSuricata } from './suricata.ts'
import { compareWithTshark } from './tshark.ts'

const USAGE =
  'npm run compare -- ndpi [--list] [--readme] DIR TABLE..., suricata [--list] [--readme] DIR, or tshark [--every N] DIR'

const { values, positionals } = parseArgs({
  options: { list: { type: 'boolean' }, readme: { type: 'boolean' }, every: { type: 'string' } },
  allowPositionals: true,
})
const [name, folder, ...rest] = positionals
const list = values.list === true
if (!folder || !['ndpi', 'suricata', 'tshark'].includes(name)) {
  process.stderr.write(`picket: usage: ${USAGE}\n`)
  process.exitCode = 2
} else if (!existsSync(folder)) console.log(`skipped: ${folder} is absent`)
else if (name === 'tshark') {
  for await (const line of compareWithTshark(folder, Number(values.every ?? 1))) console.log(JSON.stringify(line))
} else {
  const lines = name === 'ndpi' ? await compareWithNdpi(folder, rest, list) : await compareWithSuricata(folder, list)
  for (const line of lines) console.log(JSON.stringify(line))
  const report = name === 'ndpi' ? reportNdpi : reportSuricata
  if (values.readme) writeReadmeSection(`compare ${name}`, report(lines))
}
