import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contentHash, isStamped, stamp } from '../setup/content-hash.mjs'
import { ROOT } from '../setup/paths.mjs'
import { packArchive } from './archive.ts'
import { fillBundle } from './contents.ts'
import { HOST, prepareParts, type Target } from './target.ts'

export interface Bundle {
  readonly file: string
  readonly bytes: number
  readonly sha256: string
  /** False when an archive of the same inputs was there already. */
  readonly built: boolean
}

const INPUTS = [
  'apps/sensor',
  'packages/ml',
  'packages/proto',
  'infra/bundle',
  'infra/systemd',
  'package-lock.json',
].map((path) => join(ROOT, path))

/** Makes the sensor archive for a target in `folder`, unless the one there has the same inputs. */
export async function makeBundle(folder: string, target: Target = HOST): Promise<Bundle> {
  const { version } = JSON.parse(readFileSync(join(ROOT, 'apps', 'sensor', 'package.json'), 'utf8')) as {
    version: string
  }
  const name = `picket-sensor-${version}-${target.platform}-${target.arch}`
  const file = join(folder, `${name}.tar.gz`)
  const stampFile = join(folder, `.${name}.inputs`)
  const inputs = contentHash(INPUTS, { leftOut: ['node_modules', '.turbo', 'bench', '.picket-stamp'] })
  if (existsSync(file) && existsSync(`${file}.sha256`) && isStamped(stampFile, inputs)) return describe(file, false)
  mkdirSync(folder, { recursive: true })
  const work = mkdtempSync(join(tmpdir(), 'picket-bundle-'))
  try {
    const contents = join(work, name)
    mkdirSync(contents)
    prepareParts(target)
    await fillBundle(contents, target)
    await packArchive(contents, file)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
  stamp(stampFile, inputs)
  return describe(file, true)
}

function describe(file: string, built: boolean): Bundle {
  const sha256 = createHash('sha256').update(readFileSync(file)).digest('hex')
  return { file, bytes: statSync(file).size, sha256, built }
}
