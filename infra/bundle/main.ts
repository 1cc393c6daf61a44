import { join } from 'node:path'
import { ROOT } from '../setup/paths.mjs'
import { makeBundle } from './bundle.ts'
import { HOST, targetNamed } from './target.ts'

// `npm run bundle -- [linux-arm64]`: the sensor archive for this machine, or for another.

/** What a sensor archive may weigh, octets. */
const MAX_BYTES = 70e6

const [name = `${HOST.platform}-${HOST.arch}`] = process.argv.slice(2)

try {
  const target = targetNamed(name)
  if (!target)
    throw new Error(`no archive can be made here for ${name}; for ${HOST.platform}-${HOST.arch} and linux-arm64`)
  const bundle = await makeBundle(process.env.PICKET_BUNDLES ?? join(ROOT, '.picket', 'bundles'), target)
  console.log(JSON.stringify(bundle))
  if (bundle.bytes > MAX_BYTES)
    throw new Error(`the archive has ${bundle.bytes} octets, at most ${MAX_BYTES} are allowed`)
} catch (error) {
  console.error(`picket: no sensor archive was made: ${(error as Error).message}`)
  process.exitCode = 1
}
