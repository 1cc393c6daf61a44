import { writeFileSync } from 'node:fs'
import { cases } from './cases.ts'
import { meteredFlows } from './expectation.ts'

/** Rewrites the expectations of all cases, or of those named: `npm run golden:update -- [CASE...]`. Read the difference. */
const wanted = process.argv.slice(2)
for (const { name, capture, expected } of cases.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
  const flows = await meteredFlows(capture)
  writeFileSync(expected, flows.map((flow) => JSON.stringify(flow) + '\n').join(''))
  console.log(JSON.stringify({ case: name, flows: flows.length }))
}
