import { join } from 'node:path'
import { ROOT } from '../setup/paths.mjs'
import { makeBundle } from './bundle.ts'

/** What a sensor archive may weigh, octets. */
const MAX_BYTES = 70e6

try {
  const bundle = await makeBundle(process.env.PICKET_BUNDLES ?? join(ROOT, '.picket', 'bundles'))
  console.log(JSON.stringify(bundle))
  if (bundle.bytes > MAX_BYTES)
    throw new Error(`the archive has ${bundle.bytes} octets, at most ${MAX_BYTES} are allowed`)
} catch (error) {
  console.error(`picket: no sensor archive was made: ${(error as Error).message}`)
  process.exitCode = 1
}
