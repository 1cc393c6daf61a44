import { join } from 'node:path'
import { COMPILED, ROOT, RUNTIME } from './paths.mjs'
import { contentHash, isStamped, stamp } from './content-hash.mjs'
import { runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

/** Modules that are started as threads and what may be loaded there, by where they lie. */
export const THREADS = [
  'packages/ml/src/training/fit-and-judge.ts',
  'packages/ml/src/training/train-worker.ts',
  'packages/ml/src/training/tree-thread.ts',
  'apps/sensor/src/capture/fanout/ring-thread-main.ts',
]
const INPUTS = ['apps/sensor/src', 'packages/ml/src', 'packages/proto/src', 'package-lock.json']
const STAMP = join(COMPILED, '.picket-stamp')
const currentHash = () =>
  contentHash(
    INPUTS.map((path) => join(ROOT, path)),
    { extra: THREADS },
  )

/** A module that expects to be a thread fails here, after it and what it imports were stripped and kept, which is all that is wanted. */
const LOAD_ALL = `for (const path of process.argv.slice(1)) await import(path).catch((error) => {
  if (error instanceof SyntaxError || error.code !== undefined) throw error
})`

/** What threads run, stripped of its types ahead, as no thread should do that itself. */
export const threadsStep = {
  title: 'threads',
  needed: () => (isStamped(STAMP, currentHash()) ? undefined : 'stripping types of their code'),
  async run() {
    const hash = currentHash()
    const paths = THREADS.map((path) => join(ROOT, path))
    const options = { env: Object.assign({}, process.env, { NODE_COMPILE_CACHE: COMPILED }) }
    const result = await runCommand(RUNTIME, ['--input-type=module', '--eval', LOAD_ALL, ...paths], options)
    if (result.code !== 0)
      throw new SetupError('the code of threads does not load', 'see what Node said above', result.lines)
    stamp(STAMP, hash)
    return 'types stripped'
  },
}
