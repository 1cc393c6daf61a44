import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, renameSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const SUITE = 'bookworm'
/** A new Debian, unpacked by debootstrap in a minute; kept so that later runs need seconds. */
const CACHE = join(tmpdir(), `picket-bare-root-${SUITE}-${process.arch}.tar`)

/** Fills `folder` with a minimal Debian that has curl and nothing else. */
export function makeBareRoot(folder: string): void {
  if (existsSync(CACHE)) {
    mkdirSync(folder, { recursive: true })
    execFileSync('tar', ['-xpf', CACHE, '-C', folder, '--numeric-owner'])
    return
  }
  execFileSync('debootstrap', ['--variant=minbase', '--include=curl', SUITE, folder, debianMirror()], {
    stdio: ['ignore', 'ignore', 'inherit'],
  })
  const partial = `${CACHE}.${process.pid}`
  execFileSync('tar', ['-cpf', partial, '-C', folder, '--numeric-owner', '.'])
  renameSync(partial, CACHE)
}

/** The mirror that this machine's own apt uses for the suite; Debian's otherwise. */
function debianMirror(): string {
  const fallback = 'http://deb.debian.org/debian'
  try {
    const lines = execFileSync('apt-get', ['indextargets', '--format', '$(SITE) $(RELEASE)', 'Created-By: Packages'], {
      encoding: 'utf8',
    })
    return (
      lines
        .split('\n')
        .find((line) => line.endsWith(` ${SUITE}`))
        ?.split(' ')[0] ?? fallback
    )
  } catch {
    return fallback
  }
}
