// `npm run setup`: everything that start and test need, nothing else. Runs on Node 18 and newer without any dependency.
import { setUpOrExit } from './setup/set-up.mjs'

const startedAt = Date.now()
const done = await setUpOrExit({ tests: process.argv.includes('--tests') })
const seconds = ((Date.now() - startedAt) / 1000).toFixed(1)
console.log(
  done.length === 0
    ? `Picket is set up; nothing to do (${seconds} s)`
    : `Picket is set up (${seconds} s); start it with: npm start`,
)
