import { spawnSync } from 'node:child_process'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** Captures but for those made by a fuzzer, which are no traffic. */
const TRAFFIC = /^(?!fuzz).*\.p?cap(ng)?$/

/** Gives the paths of an archive's captures to `work`, in the order of their paths, and removes them afterwards. Needs zstd. */
export async function withCaptures<T>(archive: string, work: (paths: string[]) => Promise<T>): Promise<T> {
  const unpacked = await mkdtemp(join(tmpdir(), 'picket-captures-'))
  try {
    const { status } = spawnSync('tar', ['--zstd', '-xf', archive, '-C', unpacked])
    if (status !== 0) throw new Error('tar --zstd failed; Debian has zstd')
    const files = await readdir(unpacked, { recursive: true, withFileTypes: true })
    const captures = files.filter((file) => file.isFile() && TRAFFIC.test(file.name))
    return await work(captures.map(({ parentPath, name }) => join(parentPath, name)).sort())
  } finally {
    await rm(unpacked, { recursive: true })
  }
}
