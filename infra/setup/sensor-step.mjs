import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { LOCAL_SENSOR, ROOT, RUNTIME } from './paths.mjs'
import { contentHash, isStamped, stamp } from './content-hash.mjs'
import { runCommand } from './run-command.mjs'
import { SetupError } from './setup-error.mjs'

const SCRIPT = join(ROOT, 'infra', 'bundle', 'local-code.ts')
const STAMP = join(LOCAL_SENSOR, '.picket-stamp')
const INPUTS = ['apps/sensor/src', 'packages/ml/src', 'packages/proto/src', 'infra/bundle', 'package-lock.json']
const currentHash = () => contentHash(INPUTS.map((path) => join(ROOT, path)))

/** The sensor's code as one piece of JavaScript, for the sensors of this host. */
export const sensorStep = {
  title: 'sensor',
  needed: () =>
    existsSync(join(LOCAL_SENSOR, 'sensor.mjs')) && isStamped(STAMP, currentHash())
      ? undefined
      : 'putting its code together',
  async run() {
    const hash = currentHash()
    rmSync(LOCAL_SENSOR, { recursive: true, force: true })
    mkdirSync(LOCAL_SENSOR, { recursive: true })
    const result = await runCommand(RUNTIME, [SCRIPT])
    if (result.code !== 0)
      throw new SetupError('the sensor could not be put together', 'see what rolldown said above', result.lines)
    stamp(STAMP, hash)
    return 'code put together'
  },
}
