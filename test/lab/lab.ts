import { execFileSync, spawn, type ChildProcess, type SpawnOptions } from 'node:child_process'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { once } from 'node:events'

/** A host of the lab: a network namespace with one veth interface on the lab's bridge. */
export interface LabHost {
  name: string
  namespace: string
  address: string
  address6: string
}

/**
 * A small network on this machine: hosts are network namespaces whose `eth0` hangs on one bridge.
 *
 *     host a (namespace)      host b (namespace)      this machine (optional)
 *        eth0  10.213.N.10       eth0  10.213.N.11       veth  10.213.N.1
 *          |                       |                       |
 *          +-----------------------+--------- br0 ---------+       (in a namespace of its own)
 *
 * Everything is gone after `destroy`, also what still runs inside. Needs root and iproute2.
 */
export class Lab {
  readonly #id: string
  readonly #net: number
  readonly #hosts = new Map<string, LabHost>()
  readonly #children = new Set<ChildProcess>()
  #next = 10

  constructor(net = 1 + (process.pid % 250)) {
    this.#net = net
    this.#id = `pkl${net}`
    run('ip', ['netns', 'add', `${this.#id}-hub`])
    this.hub('ip', ['link', 'add', 'br0', 'type', 'bridge'])
    this.hub('ip', ['link', 'set', 'br0', 'up'])
  }

  /** Whether this process may make namespaces. */
  static available(): boolean {
    return process.platform === 'linux' && process.getuid?.() === 0
  }

  addHost(name: string, { nameserver }: { nameserver?: string } = {}): LabHost {
    const last = this.#next++
    const namespace = `${this.#id}-${name}`
    const host = { name, namespace, address: `10.213.${this.#net}.${last}`, address6: `fd00:d5:${this.#net}::${last}` }
    this.#hosts.set(name, host)
    if (nameserver) {
      mkdirSync(`/etc/netns/${namespace}`, { recursive: true })
      writeFileSync(`/etc/netns/${namespace}/resolv.conf`, `nameserver ${nameserver}\n`)
    }
    run('ip', ['netns', 'add', namespace])
    const port = `${this.#id}p${last}`
    run('ip', ['link', 'add', port, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace])
    this.#plug(port)
    this.exec(name, 'ip', ['link', 'set', 'lo', 'up'])
    this.exec(name, 'ip', ['addr', 'add', `${host.address}/24`, 'dev', 'eth0'])
    this.exec(name, 'ip', ['-6', 'addr', 'add', `${host.address6}/64`, 'dev', 'eth0', 'nodad'])
    this.exec(name, 'ip', ['link', 'set', 'eth0', 'up'])
    this.exec(name, 'ip', ['route', 'add', 'default', 'via', `10.213.${this.#net}.1`])
    return host
  }

  /** Name of this machine's own interface on the bridge, after `addSelf`. */
  get selfInterface(): string {
    return `${this.#id}self`
  }

  /** Plugs this machine itself into the bridge; returns its address there. */
  addSelf(): string {
    const address = `10.213.${this.#net}.1`
    run('ip', ['link', 'add', `${this.#id}p1`, 'type', 'veth', 'peer', 'name', this.selfInterface])
    this.#plug(`${this.#id}p1`)
    run('ip', ['addr', 'add', `${address}/24`, 'dev', this.selfInterface])
    run('ip', ['link', 'set', this.selfInterface, 'up'])
    return address
  }

  /** Turns segmentation offload off, so that captures show packets as a wire would carry them. Needs ethtool. */
  wireLike(name: string): void {
    this.exec(name, 'ethtool', ['-K', 'eth0', 'tso', 'off', 'gso', 'off', 'gro', 'off', 'tx', 'off'])
  }

  host(name: string): LabHost {
    const host = this.#hosts.get(name)
    if (!host) throw new Error(`the lab has no host ${name}`)
    return host
  }

  /** Runs a command in a host to its end; returns its standard output. */
  exec(
    name: string,
    command: string,
    args: string[] = [],
    options: { timeout?: number; tolerate?: boolean; input?: string } = {},
  ): string {
    try {
      return run('ip', ['netns', 'exec', this.host(name).namespace, command, ...args], options.timeout, options.input)
    } catch (error) {
      if (options.tolerate) return ''
      throw error
    }
  }

  /** Starts a command in a host; it is ended at `destroy` at the latest. */
  spawn(name: string, command: string, args: string[] = [], options: SpawnOptions = {}): ChildProcess {
    const child = spawn('ip', ['netns', 'exec', this.host(name).namespace, command, ...args], {
      stdio: 'ignore',
      ...options,
    })
    this.#children.add(child)
    child.once('exit', () => this.#children.delete(child))
    return child
  }

  /** Ends a child of this lab and waits for it. */
  async end(child: ChildProcess, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return
    const gone = once(child, 'exit')
    child.kill(signal)
    await gone
  }

  async destroy(): Promise<void> {
    for (const child of this.#children) child.kill('SIGKILL')
    for (const { namespace } of this.#hosts.values()) {
      for (const pid of pidsIn(namespace)) tryKill(pid)
      run('ip', ['netns', 'del', namespace])
      rmSync(`/etc/netns/${namespace}`, { recursive: true, force: true })
    }
    run('ip', ['netns', 'del', `${this.#id}-hub`])
  }

  private hub(command: string, args: string[]): void {
    run('ip', ['netns', 'exec', `${this.#id}-hub`, command, ...args])
  }

  #plug(port: string): void {
    run('ip', ['link', 'set', port, 'netns', `${this.#id}-hub`])
    this.hub('ip', ['link', 'set', port, 'master', 'br0', 'up'])
  }
}

function run(command: string, args: string[], timeout = 60_000, input = ''): string {
  return execFileSync(command, args, {
    encoding: 'utf8',
    timeout,
    input,
    stdio: ['pipe', 'pipe', 'pipe'],
    maxBuffer: 64 << 20,
  })
}

function pidsIn(namespace: string): number[] {
  return run('ip', ['netns', 'pids', namespace]).split('\n').filter(Boolean).map(Number)
}

function tryKill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself in between.
  }
}
