import { enableCompileCache } from 'node:module'
import { fileURLToPath } from 'node:url'

/** In the clone, where nobody else writes: what lies there is run as code. */
export const COMPILED_FOLDER = fileURLToPath(new URL('../../../.picket/compiled/', import.meta.url))

/**
 * Keeps modules stripped of their types and compiled between runs, for commands of a clone that end soon: half of their start. Not
 * for the bundle, which is JavaScript in few pieces. Where the folder can not be written, nothing changes.
 */
export function cacheCompiledCode(): void {
  enableCompileCache(COMPILED_FOLDER)
}
