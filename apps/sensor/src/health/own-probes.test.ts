import { createServer } from 'node:net'
import { DirectionStatistics, Flow } from '@picket/proto'
import { expect, onTestFinished, test } from 'vitest'
import type { Observation } from '../observation.ts'
import { OwnProbes } from './own-probes.ts'
import { probeTcp } from './probe.ts'

const nowUs = 1_700_000_000_000_000

function flow(changes: Partial<Flow>, packets = 3): Flow {
  const forward = DirectionStatistics.fromPartial({ packets })
  const destinationAddress = Uint8Array.of(192, 0, 2, 1)
  return Flow.fromPartial({
    protocol: 6,
    destinationAddress,
    destinationPort: 443,
    startUs: nowUs,
    forward,
    ...changes,
  })
}

const seen = (flows: Flow[], packetsRead: number): Observation => ({
  flows,
  packetsRead,
  interfaceSamples: [],
  coverageGaps: [],
  interfaces: [],
  packetTimeUs: nowUs,
})

function setUp() {
  const clock = { us: nowUs }
  const probes = new OwnProbes(
    () => 0.5,
    () => clock.us,
  )
  return { clock, probes, port: probes.reserve('192.0.2.1', 443) }
}

test('a probe is left out, the host talking to the same place is not', () => {
  const { probes, port } = setUp()
  const own = flow({ sourcePort: port })
  const others = [
    flow({ sourcePort: port + 1 }),
    flow({ sourcePort: port, destinationPort: 80 }),
    flow({ sourcePort: port, protocol: 17 }),
    flow({ sourcePort: port }, 17),
    flow({ sourcePort: port, destinationAddress: Uint8Array.of(192, 0, 2, 2) }),
  ]
  const left = probes.leaveOut(seen([own, ...others], 100))
  expect(left.flows).toEqual(others)
  expect(left.packetsRead).toBe(97)
})

test('packets counted as read a second before are taken from the next seconds', () => {
  const { probes, port } = setUp()
  expect(probes.leaveOut(seen([flow({ sourcePort: port })], 1)).packetsRead).toBe(0)
  expect(probes.leaveOut(seen([], 10)).packetsRead).toBe(8)
  expect(probes.leaveOut(seen([], 10)).packetsRead).toBe(10)
})

test('a port is forgotten five minutes after its probe', () => {
  const { probes, port } = setUp()
  const late = flow({ sourcePort: port, startUs: nowUs + 301e6 })
  expect(probes.leaveOut(seen([late], 10)).flows).toEqual([late])
})

test('a probe really comes from the port that was reserved', async () => {
  const probes = new OwnProbes(Math.random, () => nowUs)
  const from: (number | undefined)[] = []
  const server = createServer((socket) => from.push(socket.remotePort)).listen(0, '127.0.0.1')
  onTestFinished(() => void server.close())
  await new Promise((resolve) => server.once('listening', resolve))
  const { port } = server.address() as { port: number }
  const reserved: number[] = []
  const localPort = (host: string, targetPort: number) => {
    reserved.push(probes.reserve(host, targetPort))
    return reserved.at(-1)!
  }
  const signal = new AbortController().signal
  const result = await probeTcp('127.0.0.1', port, { count: 3, timeoutMs: 1000, signal, localPort })
  expect(result.received).toBe(3)
  expect(from).toEqual(reserved)
})
