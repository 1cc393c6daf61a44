// `npm test`: the set-up, then every test. The last line is `N passed, N failed, N skipped`.
import { join } from 'node:path'
import { ROOT } from './setup/paths.mjs'
import { setUpOrExit } from './setup/set-up.mjs'
import { handOver } from './setup/hand-over.mjs'

await setUpOrExit({ tests: true })
handOver([join(ROOT, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)])
