import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { RUNTIME } from './paths.mjs'
import { contentHash, isStamped, stamp } from './content-hash.mjs'
import { SetupError } from './setup-error.mjs'

const STAMP = `${RUNTIME}.picket-stamp`
const currentHash = () => contentHash([`${RUNTIME}/../../package.json`])

/** The Node that everything of Picket runs on, checked once to run on this machine. */
export const runtimeStep = {
  title: 'Node 24',
  needed: () => (existsSync(RUNTIME) && isStamped(STAMP, currentHash()) ? undefined : 'checking that it runs here'),
  async run() {
    if (!existsSync(RUNTIME)) {
      throw new SetupError(
        `there is no Node 24 for ${process.platform}-${process.arch} among the dependencies (${RUNTIME})`,
        'Picket runs on Linux and macOS, x64 and arm64; if this is one of them, remove node_modules and run the same command again without --omit=optional',
      )
    }
    try {
      const version = execFileSync(RUNTIME, ['--version'], { encoding: 'utf8' }).trim()
      if (!version.startsWith('v24.')) throw new Error(`it says ${version}`)
      stamp(STAMP, currentHash())
      return `${version} from the dependencies`
    } catch (error) {
      throw new SetupError(
        `the Node 24 among the dependencies does not run on this machine: ${error.message}`,
        'Picket needs glibc 2.28 or newer (Debian 10, Ubuntu 20.04, RHEL 8)',
      )
    }
  },
}
