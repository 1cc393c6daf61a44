import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What no product is built from. */
const NOT_BUILT = /\.(test\.ts|bench\.ts|md|partial)$/

/** The files under a folder, sorted, leaving out folders of the given names. A path that is a file stands for itself. */
function listFiles(path, leftOut) {
  if (!existsSync(path)) return []
  if (statSync(path).isFile()) return [path]
  return readdirSync(path, { withFileTypes: true })
    .filter((entry) => !leftOut.includes(entry.name) && !NOT_BUILT.test(entry.name))
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => (entry.isDirectory() ? listFiles(join(path, entry.name), leftOut) : [join(path, entry.name)]))
}

/** SHA-256 over names and contents of the files under `paths`, and over `extra` words. */
export function contentHash(paths, { leftOut = ['node_modules', 'build', '.svelte-kit', '.turbo'], extra = [] } = {}) {
  const hash = createHash('sha256')
  for (const file of paths.flatMap((path) => listFiles(path, leftOut)))
    hash.update(file).update('\0').update(readFileSync(file)).update('\0')
  for (const word of extra) hash.update(word).update('\0')
  return hash.digest('hex')
}

/** True when `stampFile` was written for this hash. */
export function isStamped(stampFile, hash) {
  return existsSync(stampFile) && readFileSync(stampFile, 'utf8') === hash
}

/** Writes the stamp; the last act of a step, so that an interrupted one is done again. */
export function stamp(stampFile, hash) {
  mkdirSync(dirname(stampFile), { recursive: true })
  writeFileSync(stampFile, hash)
}
