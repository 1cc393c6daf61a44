// `npm start` and `npm run dev`: the set-up, then the whole fleet on this host, on Node 24. Runs on Node 18 and newer.
import { existsSync, realpathSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, RUNTIME } from './setup/paths.mjs'
import { setUpOrExit } from './setup/set-up.mjs'
import { handOver, runtimeEnvironment } from './setup/hand-over.mjs'

const args = process.argv.slice(2)
const main = join(ROOT, 'infra', 'local', 'main.ts')
if (!args.includes('--help') || !existsSync(RUNTIME))
  await setUpOrExit({ out: args.includes('--json') ? process.stderr : process.stdout })

if (process.execPath === realpathSync(RUNTIME)) {
  Object.assign(process.env, runtimeEnvironment())
  await import(main)
} else {
  handOver([main, ...args])
}
