/** How good the trainers are on the public tables: `npm run bench -- evaluate`. One JSON object a result, with its goal. */
import { cicids, iot, iscx, nslKdd, westermoSensors } from '../scripts/tables/results.ts'
import { areTablesPresent } from '../scripts/tables/table-data.ts'

if (areTablesPresent()) await evaluate()
else process.stderr.write('skipped: ../shared/data is absent\n')

async function evaluate(): Promise<void> {
  for (const judge of [cicids, iscx, nslKdd, westermoSensors, iot]) {
    for await (const { value, ...result } of judge()) {
      console.log(JSON.stringify({ bench: 'evaluate', ...result, value: Math.round(value * 1e4) / 1e4 }))
    }
  }
}
