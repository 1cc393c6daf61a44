import { EndReason } from '@picket/proto'
import { expect, test } from 'vitest'
import { client, MeteredWire, packetsOf, server } from '../../test/metered-wire.ts'
import { ethernet, ipv4, tcp, text, udp } from '../../test/packets.ts'

const MAX_FLOWS = 64

function syn(i: number): Uint8Array {
  const from = `198.18.${(i >> 8) & 255}.${i & 255}`
  return ethernet(ipv4({ from, to: server }, tcp({ from: 1024 + (i % 60_000), to: 80, flags: 'S' })))
}

test('a flood pushes out itself: conversations stay, every packet is in a flow or a gap', () => {
  const wire = new MeteredWire({ maxFlows: MAX_FLOWS })
  for (let port = 0; port < 20; port++) {
    wire.frame(ethernet(ipv4({ from: client, to: server }, udp(20_000 + port, 50_000, text('?')))))
    wire.frame(ethernet(ipv4({ from: server, to: client }, udp(50_000, 20_000 + port, text('!')))))
  }
  for (let i = 0; i < 20_000; i++) {
    wire.frame(syn(i), 1)
    if (i % 100 === 0) wire.frame(new Uint8Array(5), 1)
    expect(wire.meter.table.active).toBeLessThanOrEqual(MAX_FLOWS)
  }
  const flows = wire.end()
  const gaps = wire.meter.takeGaps()
  const evicted = flows.filter(({ endReason }) => endReason === EndReason.LACK_OF_RESOURCES)
  expect(evicted.every(({ protocol }) => protocol === 6)).toBe(true)
  expect(evicted).toHaveLength(20_020 - MAX_FLOWS)
  expect(gaps.find(({ cause }) => cause === 'table-full')?.flows).toBe(evicted.length)
  const inGaps = gaps.reduce((sum, { packets }) => sum + packets, 0)
  expect(inGaps).toBe(200)
  expect(packetsOf(flows) + inGaps).toBe(wire.meter.packetsRead)
})

test('the index finds every flow again after many came and went', () => {
  const wire = new MeteredWire({ maxFlows: 4_096 })
  for (let i = 0; i < 12_000; i++) wire.frame(syn(i), 1)
  const before = wire.meter.table.started
  for (let i = 12_000 - 2_000; i < 12_000; i++) wire.frame(syn(i), 1)
  expect(wire.meter.table.started).toBe(before)
  const flows = wire.end()
  expect(packetsOf(flows)).toBe(14_000)
  expect(wire.meter.table.active).toBe(0)
})
