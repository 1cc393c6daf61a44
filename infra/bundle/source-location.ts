import { relative } from 'node:path'
import type { Plugin } from 'rolldown'

/** Stands for the bundle's own location while the modules' locations are put in. */
const OWN_URL = '__PICKET_BUNDLE_URL__'

/**
 * Keeps `import.meta.url`, `.dirname` and `.filename` of every module what they are in the source tree, taken from
 * `base`, as seen from the bundle: a module that finds a file beside itself (addon, models) finds it there at the same place.
 */
export function sourceLocation(root: string, base: string): Plugin {
  return {
    name: 'picket-source-location',
    transform(code, id) {
      if (!code.includes('import.meta.') || id.includes('\0')) return null
      const url = `new URL(${JSON.stringify(`${base}${relative(root, id)}`)}, ${OWN_URL})`
      const toPath = (location: string) => `process.getBuiltinModule('node:url').fileURLToPath(${location})`
      return code
        .replaceAll('import.meta.dirname', toPath(`new URL('.', ${url})`))
        .replaceAll('import.meta.filename', toPath(url))
        .replaceAll('import.meta.url', `${url}.href`)
        .replaceAll(OWN_URL, 'import.meta.url')
    },
  }
}
