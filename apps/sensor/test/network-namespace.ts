import { execFileSync, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'

/** A network namespace of a test's own, without IPv6 noise; `remove` takes everything in it along. */
export class NetworkNamespace {
  readonly name = `picket-${process.pid}-${randomBytes(3).toString('hex')}`

  constructor() {
    execFileSync('ip', ['netns', 'add', this.name])
    this.run('sysctl', '-qw', 'net.ipv6.conf.all.disable_ipv6=1', 'net.ipv6.conf.default.disable_ipv6=1')
  }

  /** Both ends of a virtual wire, up. */
  addWire(one: string, other: string): void {
    this.run('ip', 'link', 'add', one, 'type', 'veth', 'peer', 'name', other)
    for (const name of [one, other]) this.run('ip', 'link', 'set', name, 'up')
  }

  /** One end of a virtual wire here, the other in another namespace; both up. */
  addWireTo(one: string, other: string, there: NetworkNamespace): void {
    this.run('ip', 'link', 'add', one, 'type', 'veth', 'peer', 'name', other, 'netns', there.name)
    this.run('ip', 'link', 'set', one, 'up')
    there.run('ip', 'link', 'set', other, 'up')
  }

  /** Whether the kernel makes links of a kind. */
  hasKind(...link: string[]): boolean {
    return spawnSync('ip', this.within('ip', 'link', 'add', ...link)).status === 0
  }

  run(command: string, ...args: string[]): string {
    return execFileSync('ip', this.within(command, ...args), { encoding: 'utf8' })
  }

  /** Arguments of `ip` that run a command in here. */
  within(command: string, ...args: string[]): string[] {
    return ['netns', 'exec', this.name, command, ...args]
  }

  remove(): void {
    spawnSync('ip', ['netns', 'delete', this.name])
  }
}

/** Why such tests cannot run here; undefined where they can. */
export function whyNoNamespaces(): string | undefined {
  if (process.platform !== 'linux') return 'needs Linux'
  if (process.getuid?.() !== 0) return 'needs root for network namespaces'
  if (spawnSync('ip', ['netns', 'list']).status !== 0) return 'needs the command ip and network namespaces'
  return undefined
}
