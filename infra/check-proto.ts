// Lints the wire contract and says where the committed generated code differs from what the .proto files give.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './setup/paths.mjs'

const PROTO = join(ROOT, 'packages', 'proto')
const GENERATED = join('src', 'generated')

function filesUnder(folder: string): string[] {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}

function driftedFiles(committed: string, fresh: string): string[] {
  const names = new Set([...filesUnder(committed), ...filesUnder(fresh)])
  const read = (folder: string, name: string) => {
    try {
      return readFileSync(join(folder, name), 'utf8')
    } catch {
      return undefined
    }
  }
  return [...names].filter((name) => read(committed, name) !== read(fresh, name)).toSorted()
}

const output = mkdtempSync(join(tmpdir(), 'picket-proto-'))
try {
  const buf = join(ROOT, 'node_modules', '.bin', 'buf')
  execFileSync(buf, ['lint'], { cwd: PROTO, stdio: 'inherit' })
  execFileSync(buf, ['generate', '-o', output], { cwd: PROTO, stdio: 'inherit' })
  const drifted = driftedFiles(join(PROTO, GENERATED), join(output, GENERATED))
  for (const name of drifted)
    console.error(
      `packages/proto/${GENERATED}/${name} differs from what the .proto files give: run buf generate in packages/proto`,
    )
  process.exitCode = drifted.length > 0 ? 1 : 0
} catch {
  process.exitCode = 1
} finally {
  rmSync(output, { recursive: true, force: true })
}
