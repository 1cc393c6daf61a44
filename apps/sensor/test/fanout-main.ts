import { createInterface } from 'node:readline'
import { FanoutGroup } from '../src/capture/fanout/fanout-group.ts'
import { FanoutInterface } from '../src/capture/fanout/fanout-interface.ts'
import type { RingThread, RingThreadEvents } from '../src/capture/fanout/ring-thread.ts'
import { listInterfaces } from '../src/capture/interfaces.ts'
import { Meters } from '../src/capture/meters.ts'

// Captures INTERFACE by RINGS rings in the namespace it is run in, until standard input ends. A line "end" there ends the first
// thread that is left, as an error in it would. Prints one JSON line of what came ten times a second, and at the end.

/** Remembers its threads, and which packets each of them has read. */
class WatchedGroup extends FanoutGroup {
  readonly threads: RingThread[] = []

  override async prepare(events: RingThreadEvents): Promise<RingThread> {
    const thread = await super.prepare(events)
    this.threads.push(thread)
    return thread
  }
}

const [name, rings] = process.argv.slice(2)
const description = listInterfaces().find((one) => one.name === name)
if (!description) throw new Error(`there is no ${name}`)
const meters = new Meters({ idleTimeoutMs: 30_000, activeTimeoutMs: 60_000, maxFlows: 4_096 })
const group = new WatchedGroup({
  settings: {
    description,
    blocks: 8,
    promiscuous: false,
    snapLength: undefined,
    filter: undefined,
    vlanId: undefined,
    metering: meters.forRings(Number(rings)),
  },
  sockets: undefined,
})
const warn = (...args: unknown[]): void => void process.stderr.write(`${JSON.stringify(args)}\n`)
const parts = { group, names: meters.names, nowUs: Date.now() * 1000, counters: undefined }
const capture = new FanoutInterface({ ...parts, logger: { info: () => undefined, warn } })
await capture.open(Number(rings))

function tell(): void {
  const sample = capture.sample(Date.now() * 1000, undefined)
  const { flows, gaps, packetsRead } = capture.take()
  const told = flows.map(({ sourcePort, destinationPort, forward, reverse, hostName }) => ({
    ports: [sourcePort, destinationPort],
    packets: [forward?.packets ?? 0, reverse?.packets ?? 0],
    hostName,
  }))
  const read = group.threads.map((thread) => thread.packetsRead)
  const captured = sample.capturedPackets
  const line = { flows: told, gaps, read, packetsRead, captured, drops: sample.captureDrops, isEnded: capture.isEnded }
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

const timer = setInterval(tell, 100)
tell()
for await (const line of createInterface({ input: process.stdin })) {
  if (line === 'end') await group.threads.shift()?.terminate()
}
clearInterval(timer)
await capture.finish(Date.now() * 1000)
tell()
