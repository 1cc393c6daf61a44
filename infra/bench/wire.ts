import { execFileSync, spawn, spawnSync } from 'node:child_process'
import type { ChildProcess, StdioOptions } from 'node:child_process'

/**
 * A wire of its own for a measurement, so that nothing else of this machine is on it. Needs root and iproute2.
 *
 *     namespace "fleet"            namespace "peer"
 *        eth0 10.216.N.1 ------------ eth0 10.216.N.2
 */
export class Wire {
  readonly fleet = `pkb-fleet-${process.pid}`
  readonly peer = `pkb-peer-${process.pid}`
  readonly peerAddress: string
  readonly #subnet = `10.216.${process.pid % 250}`

  constructor() {
    this.peerAddress = `${this.#subnet}.2`
    for (const namespace of [this.fleet, this.peer]) execFileSync('ip', ['netns', 'add', namespace])
    const peerEnd = ['peer', 'name', 'eth0', 'netns', this.peer]
    execFileSync('ip', ['link', 'add', 'eth0', 'netns', this.fleet, 'type', 'veth', ...peerEnd])
    for (const [namespace, last] of [
      [this.fleet, 1],
      [this.peer, 2],
    ] as const) {
      const ip = (...args: string[]) => execFileSync('ip', ['-n', namespace, ...args])
      ip('addr', 'add', `${this.#subnet}.${last}/24`, 'dev', 'eth0')
      ip('link', 'set', 'lo', 'up')
      ip('link', 'set', 'eth0', 'up')
    }
  }

  /** Runs Node at one end. */
  spawn(namespace: string, args: readonly string[], stdio: StdioOptions): ChildProcess {
    return spawn('ip', ['netns', 'exec', namespace, process.execPath, ...args], { stdio })
  }

  remove(): void {
    for (const namespace of [this.fleet, this.peer]) spawnSync('ip', ['netns', 'del', namespace])
  }
}
