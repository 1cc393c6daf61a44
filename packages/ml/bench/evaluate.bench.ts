/** How good the trainers are on the public tables: `npm run bench -- evaluate [--only A,B]`. One JSON object a result, with its goal and scikit-learn's. */
import { parseArgs } from 'node:util'
import { Peer } from '../scripts/tables/peer.ts'
import { chosenJudges } from '../scripts/tables/results.ts'
import { areTablesPresent } from '../scripts/tables/table-data.ts'

const { only } = parseArgs({ options: { only: { type: 'string' } } }).values
if (areTablesPresent()) await evaluate()
else process.stderr.write('skipped: ../shared/data is absent\n')

async function evaluate(): Promise<void> {
  const peer = Peer.open()
  try {
    for (const judge of chosenJudges(only)) {
      for await (const result of judge({ peer, draw: () => undefined })) {
        console.log(JSON.stringify({ bench: 'evaluate', ...result }))
      }
    }
  } finally {
    peer?.close()
  }
}
