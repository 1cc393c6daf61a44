import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'

/** `picket-sensor-0.1.0-linux-x64.tar.gz`: the platform is what follows the version. */
const ARCHIVE = /^picket-sensor-[\w.+-]*?-?((?:linux|darwin)-(?:x64|arm64))\.tar\.(?:gz|xz|zst)$/

export interface SensorArchive {
  name: string
  /** linux-x64, linux-arm64... */
  platform: string
  path: string
  size: number
  /** Hex. */
  sha256: string
}

interface Hashed {
  mtimeMs: number
  size: number
  sha256: Promise<string>
}

/** Hashes of archives by path; an archive that was replaced is hashed again. At most as many as there are archives. */
const hashes = new Map<string, Hashed>()

/** The archives in the bundle folder, one a platform (the newest); none when there is no folder. */
export async function listArchives(folder: string | undefined): Promise<SensorArchive[]> {
  if (!folder) return []
  const names = await readdir(folder).catch(() => [] as string[])
  const found = await Promise.all(names.map((name) => describeArchive(folder, name)))
  const newest = new Map<string, SensorArchive & { mtimeMs: number }>()
  for (const archive of found) {
    if (!archive) continue
    const known = newest.get(archive.platform)
    if (!known || known.mtimeMs < archive.mtimeMs) newest.set(archive.platform, archive)
  }
  return [...newest.values()].map(({ name, platform, path, size, sha256 }) => ({ name, platform, path, size, sha256 }))
}

async function describeArchive(
  folder: string,
  name: string,
): Promise<(SensorArchive & { mtimeMs: number }) | undefined> {
  const platform = ARCHIVE.exec(name)?.[1]
  if (!platform) return undefined
  const path = join(folder, name)
  const facts = await stat(path).catch(() => undefined)
  if (!facts?.isFile()) return undefined
  const sha256 = await hashOf(path, facts)
  return { name, platform, path, size: facts.size, sha256, mtimeMs: facts.mtimeMs }
}

function hashOf(path: string, { mtimeMs, size }: { mtimeMs: number; size: number }): Promise<string> {
  const known = hashes.get(path)
  if (known && known.mtimeMs === mtimeMs && known.size === size) return known.sha256
  const sha256 = hashFile(path)
  hashes.set(path, { mtimeMs, size, sha256 })
  sha256.catch(() => hashes.delete(path))
  return sha256
}

async function hashFile(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer)
  return hash.digest('hex')
}

/** Platforms the install script knows. */
const PLATFORMS = ['linux-x64', 'linux-arm64'] as const

/** What may be put between the single quotes of the script: a URL or host:port, or a file name, and nothing a shell reads. */
const SAFE = /^[\w.:/@[\]%~+-]*$/

export interface InstallFacts {
  publicUrl: string
  /** host:port of the collector's stream and enrolment listeners. */
  stream: string
  enrol: string
  archives: readonly SensorArchive[]
}

/** The install script with its placeholders filled; a platform without an archive stays empty, which the script says. */
export function fillInstallScript(template: string, { publicUrl, stream, enrol, archives }: InstallFacts): string {
  const values: Record<string, string> = { PUBLIC_URL: publicUrl, STREAM: stream, ENROL: enrol }
  for (const platform of PLATFORMS) {
    const archive = archives.find((each) => each.platform === platform)
    const suffix = platform.replace('-', '_')
    values[`FILE_${suffix}`] = archive?.name ?? ''
    values[`SHA256_${suffix}`] = archive?.sha256 ?? ''
  }
  const unsafe = Object.entries(values).find(([, value]) => !SAFE.test(value))
  if (unsafe) throw new Error(`The install script cannot hold ${unsafe[0]} ${unsafe[1]}`)
  return template.replaceAll(/@@(\w+)@@/g, (whole, name: string) => values[name] ?? whole)
}

/** The command for a new host. The script asks for the token on the terminal, so no process list shows it. */
export const installCommand = (publicUrl: string): string => `curl -fsSL ${publicUrl}/install.sh | sudo sh`
