/** `npm run compare -- NAME ARGUMENTS`: compares the sensor with what others say of the same captures. */
import { existsSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { compareWithNdpi } from './ndpi.ts'
import { compareWithTshark } from './tshark.ts'

const USAGE = 'npm run compare -- ndpi [--list] DIR TABLE..., or npm run compare -- tshark [--every N] DIR'

const { values, positionals } = parseArgs({
  options: { list: { type: 'boolean' }, every: { type: 'string' } },
  allowPositionals: true,
})
const [name, folder, ...rest] = positionals
if ((name !== 'ndpi' && name !== 'tshark') || !folder) {
  process.stderr.write(`picket: usage: ${USAGE}\n`)
  process.exitCode = 2
} else if (!existsSync(folder)) console.log(`skipped: ${folder} is absent`)
else if (name === 'tshark')
  for await (const line of compareWithTshark(folder, Number(values.every ?? 1))) console.log(JSON.stringify(line))
else for (const line of await compareWithNdpi(folder, rest, values.list === true)) console.log(JSON.stringify(line))
