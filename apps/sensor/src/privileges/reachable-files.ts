import { realpathSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Programs, libraries, settings of the system, and what the kernel tells; those that are there. */
const OF_THE_SYSTEM = (
  '/usr /bin /sbin /lib /lib32 /lib64 /nix/store /gnu/store /etc /proc /sys /dev/urandom /dev/random ' +
  // Where the names of name servers are kept, and what is known of disks.
  '/run/systemd/resolve /run/resolvconf /run/NetworkManager /run/udev'
).split(' ')
/** Programs are started with their input from there and their output to it. */
const SINK = '/dev/null'
/** Parts of the folder that the code is in: the repository's, or the bundle's. */
const OF_THE_CODE = ['apps', 'packages', 'node_modules', 'package.json']

export interface ReachableFiles {
  /** Read and executed, folders with all that is in them. */
  readonly readable: string[]
  readonly writable: string[]
}

/** The only files a sensor needs: the system's, its own code, what it was told to read, and its state folder. */
export function reachableFiles(stateFolder: string, given: readonly string[]): ReachableFiles {
  const root = fileURLToPath(new URL('../../../../', import.meta.url))
  const code = OF_THE_CODE.map((part) => resolve(root, part))
  const main = dirname(process.argv[1] ?? root)
  const readable = [...OF_THE_SYSTEM, ...code, main, dirname(process.execPath), ...given.map((path) => resolve(path))]
  return { readable: readable.map((path) => behindLinks(path)), writable: [resolve(stateFolder), SINK] }
}

/** A path that is not there stays as it is: the fence passes over it. */
function behindLinks(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}
