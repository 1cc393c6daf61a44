import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT, RUNTIME } from './paths.mjs'
import { contentHash, isStamped, stamp } from './content-hash.mjs'
import { runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

const CONSOLE = join(ROOT, 'apps', 'console')
const BUILD = join(CONSOLE, 'build')
const STAMP = join(BUILD, '.picket-stamp')
const INPUTS = [
  CONSOLE,
  join(ROOT, 'infra', 'install'),
  join(ROOT, 'packages', 'store'),
  join(ROOT, 'packages', 'proto'),
  join(ROOT, 'package-lock.json'),
]
const currentHash = () => contentHash(INPUTS)

/** The console's pages, built by vite; turbo brings back an earlier build of the same inputs. */
export const consoleStep = {
  title: 'console',
  needed: () =>
    existsSync(join(BUILD, 'handler.js')) && isStamped(STAMP, currentHash()) ? undefined : 'building its pages',
  async run() {
    const turbo = join(ROOT, 'node_modules', '.bin', 'turbo')
    const path = `${join(ROOT, 'node_modules', '.bin')}:${join(RUNTIME, '..')}:${process.env.PATH || ''}`
    const hash = currentHash()
    const result = await runCommand(
      turbo,
      ['run', 'build', '--filter=@picket/console', '--ui=stream', '--no-update-notifier', '--output-logs=new-only'],
      { env: { PATH: path } },
    )
    // turbo ends with 0 when it is told to stop half-way.
    if (result.code !== 0 || !existsSync(join(BUILD, 'handler.js')))
      throw new SetupError(
        'the console did not build',
        'see what vite said above and in .picket/logs/setup.log',
        result.lines.filter((line) => !/npm error|^ *(Tasks|Cached|Time|Failed):/.test(line)),
      )
    stamp(STAMP, hash)
    return 'pages built'
  },
}
