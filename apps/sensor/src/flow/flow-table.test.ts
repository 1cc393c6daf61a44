import { EndReason } from '@picket/proto'
import { expect, test } from 'vitest'
import { client, MeteredWire as Wire, packetsOf, SECOND, server, T0 } from '../../test/metered-wire.ts'
import { ethernet, icmp, ipv4, ipv6, tcp, text, udp } from '../../test/packets.ts'

test('a whole TCP conversation is one flow with the facts of both directions', () => {
  const wire = new Wire()
    .tcp('c', 'S', { sequence: 100, window: 64_240 })
    .tcp('s', 'SA', { sequence: 500, afterUs: 20_000, ttl: 57 })
    .tcp('c', 'A', { sequence: 101, afterUs: 300 })
    .tcp('c', 'PA', { sequence: 101, payload: new Uint8Array(100), afterUs: 700 })
    .tcp('s', 'PA', { sequence: 501, payload: new Uint8Array(1000), afterUs: 5_000, ttl: 57 })
    .tcp('s', 'PA', { sequence: 501, payload: new Uint8Array(1000), afterUs: 5_000, ttl: 56 })
    .tcp('c', 'FA', { sequence: 201 })
    .tcp('s', 'FA', { sequence: 1501 })
    .tcp('c', 'A', { sequence: 202 })
  const [flow, ...others] = wire.end()
  expect(others).toEqual([])
  expect(flow).toMatchObject({
    interface: 'test0',
    sourcePort: 40_000,
    destinationPort: 8_443,
    protocol: 6,
    etherType: 0x0800,
    handshakeRttUs: 20_300,
    firstLengths: [140, -1040, -1040],
    firstGapsUs: [700, 5_000, 5_000],
    startUs: T0 + 1000,
    endUs: T0 + 1000 + 20_000 + 300 + 700 + 10_000 + 3_000,
    continued: false,
  })
  expect(flow.forward).toMatchObject({
    packets: 5,
    octets: 300,
    payloadOctets: 100,
    payloadPackets: 1,
    tcpSyn: 1,
    tcpFin: 1,
  })
  expect(flow.forward).toMatchObject({ tcpAck: 4, tcpPsh: 1, tcpWindowFirst: 64_240, lengthMin: 40, lengthMax: 140 })
  expect(flow.reverse).toMatchObject({
    packets: 4,
    octets: 2160,
    tcpRetransmissions: 1,
    ttlFirst: 57,
    ttlMin: 56,
    tcpSyn: 1,
  })
  expect(flow.reverse?.lengthMean).toBe(540)
  expect(flow.reverse?.lengthStd).toBeCloseTo(500, 6)
  expect(flow.forward?.iatMinUs).toBe(700)
  expect(flow.reverse?.iatMaxUs).toBe(6_000)
})

test('FIN of both ends ends the flow a second later, on packet time', () => {
  const wire = new Wire().tcp('c', 'S').tcp('s', 'SA').tcp('c', 'FA').tcp('s', 'FA').tcp('c', 'A')
  wire.meter.table.advance(T0 + 900_000)
  expect(wire.meter.endedFlows).toBe(0)
  wire.meter.table.advance(T0 + 1_400_000)
  const [flow] = wire.meter.takeFlows()
  expect(flow.endReason).toBe(EndReason.END_OF_FLOW)
  expect(packetsOf([flow])).toBe(5)
})

test('a SYN after RST starts another flow at once', () => {
  const flows = new Wire().tcp('c', 'S').tcp('s', 'RA').tcp('c', 'S').tcp('s', 'RA').end()
  expect(flows.map(({ endReason }) => endReason)).toEqual([EndReason.END_OF_FLOW, EndReason.FORCED])
  expect(flows.map((flow) => packetsOf([flow]))).toEqual([2, 2])
})

test('idle and active timeouts split by packet time, and a continued record says so', () => {
  const idle = new Wire()
    .tcp('c', 'A')
    .tcp('c', 'A', { afterUs: 31 * SECOND })
    .end()
  expect(idle.map(({ endReason, continued }) => [endReason, continued])).toEqual([
    [EndReason.IDLE, false],
    [EndReason.FORCED, false],
  ])
  const wire = new Wire()
  for (let i = 0; i < 8; i++) wire.tcp('c', 'PA', { afterUs: 10 * SECOND, payload: text('x'), sequence: i })
  const active = wire.end()
  expect(active.map(({ endReason, continued }) => [endReason, continued])).toEqual([
    [EndReason.ACTIVE, false],
    [EndReason.FORCED, true],
  ])
  expect(active.map((flow) => packetsOf([flow]))).toEqual([6, 2])
  expect(active[1].forward?.tcpRetransmissions).toBe(0)
  expect(active[0].communityId).toBe(active[1].communityId)
})

test('the source is the initiator: by SYN, by SYN+ACK, by service port, else who spoke first', () => {
  const sourcePortOf = (wire: Wire): number => wire.end()[0].sourcePort
  expect(sourcePortOf(new Wire().tcp('c', 'S', { from: 8_443, to: 40_000 }))).toBe(8_443)
  expect(sourcePortOf(new Wire().tcp('s', 'SA', { from: 50_001, to: 50_000 }))).toBe(50_000)
  expect(sourcePortOf(new Wire().tcp('s', 'A', { from: 443, to: 50_000 }))).toBe(50_000)
  expect(sourcePortOf(new Wire().tcp('s', 'A', { from: 50_001, to: 50_000 }))).toBe(50_001)
  const dnsAnswer = ethernet(ipv4({ from: server, to: client }, udp(53, 50_000, text('?'))))
  expect(sourcePortOf(new Wire().frame(dnsAnswer))).toBe(50_000)
})

test('segments that fill a hole and keep-alive probes are no retransmissions', () => {
  const late = new Wire()
    .tcp('c', 'PA', { sequence: 0, payload: new Uint8Array(10) })
    .tcp('c', 'PA', { sequence: 20, payload: new Uint8Array(10) })
    .tcp('c', 'PA', { sequence: 10, payload: new Uint8Array(10) })
    .tcp('c', 'A', { sequence: 29, payload: new Uint8Array(1) })
  expect(late.end()[0].forward?.tcpRetransmissions).toBe(0)
  const again = late.tcp('c', 'PA', { sequence: 0xffff_fff0, payload: new Uint8Array(32) })
  expect(again.end()[1].forward?.tcpRetransmissions).toBe(0)
})

test('a ping and its reply are one flow; port unreachable of each side are two', () => {
  const ends = { from: client, to: server }
  const back = { from: server, to: client }
  const pinged = new Wire()
    .frame(ethernet(ipv4(ends, icmp(8, 0))))
    .frame(ethernet(ipv4(back, icmp(0, 0))))
    .end()
  expect(
    pinged.map(({ sourcePort, destinationPort, reverse }) => [sourcePort, destinationPort, reverse?.packets]),
  ).toEqual([[8, 0, 1]])
  const refused = new Wire()
    .frame(ethernet(ipv4(ends, icmp(3, 3))))
    .frame(ethernet(ipv4(back, icmp(3, 3))))
    .end()
  expect(refused.map(({ reverse }) => reverse)).toEqual([undefined, undefined])
})

test('VLAN, family and ether type separate flows', () => {
  const body = udp(50_000, 50_001, text('x'))
  const plain = ipv4({ from: client, to: server }, body)
  const wire = new Wire()
    .frame(ethernet(plain))
    .frame(ethernet(plain, { vlans: [7] }))
    .frame(ethernet(plain, { vlans: [7, 8] }))
    .frame(ethernet(ipv6({ from: '::ffff:c000:20a', to: '::ffff:c000:250' }, body)))
    .frame(ethernet(new Uint8Array(28), { type: 0x88cc }))
  const flows = wire.end()
  expect(flows.map(({ vlanId, etherType }) => [vlanId, etherType])).toEqual([
    [undefined, 0x0800],
    [7, 0x0800],
    [7, 0x0800],
    [undefined, 0x86dd],
    [undefined, 0x88cc],
  ])
  expect(flows[4]).toMatchObject({ communityId: '', sourceMac: Uint8Array.of(2, 0, 0, 0, 0, 1) })
})

test('a full table ends a flow early, counts it, and loses no packet', () => {
  const wire = new Wire({ maxFlows: 8 })
  for (let port = 1; port <= 100; port++) {
    wire.frame(ethernet(ipv4({ from: client, to: server }, udp(20_000 + port, 50_000, text('x')))))
    expect(wire.meter.table.active).toBeLessThanOrEqual(8)
  }
  const flows = wire.end()
  expect(flows.filter(({ endReason }) => endReason === EndReason.LACK_OF_RESOURCES)).toHaveLength(92)
  expect(packetsOf(flows)).toBe(100)
  expect(wire.meter.takeGaps()).toMatchObject([{ source: 'flow-table', cause: 'table-full', flows: 92, packets: 0 }])
})

test('thousands of flows grow the table, and every one comes out whole', () => {
  const wire = new Wire({ maxFlows: 65_536 })
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 5_000; i++) {
      const to = `198.51.${100 + (i % 5)}.${1 + (i % 250)}`
      wire.frame(ethernet(ipv4({ from: client, to }, udp(1024 + i, 50_000, text('x')))), 1)
    }
  }
  const flows = wire.end()
  expect(flows).toHaveLength(5_000)
  expect(new Set(flows.map(({ communityId }) => communityId)).size).toBe(5_000)
  expect(flows.every((flow) => packetsOf([flow]) === 2)).toBe(true)
})

test('the ledger holds: read = in flows + in gaps; own uplink is in neither', () => {
  const wire = new Wire({ exclude: [{ address: '192.0.2.99', port: 7443 }] })
    .tcp('c', 'S')
    .frame(new Uint8Array(9))
    .frame(ethernet(ipv4({ from: client, to: '192.0.2.99' }, tcp({ from: 50_000, to: 7443, flags: 'S' }))))
    .frame(ethernet(ipv4({ from: '192.0.2.99', to: client }, tcp({ from: 7443, to: 50_000, flags: 'SA' }))))
    .frame(ethernet(new Uint8Array(28), { type: 0x0806 }))
  const flows = wire.end()
  const gaps = wire.meter.takeGaps()
  expect(gaps).toMatchObject([{ source: 'decode', cause: 'malformed', packets: 1, octets: 9, interface: 'test0' }])
  expect(wire.meter.packetsRead).toBe(3)
  expect(packetsOf(flows) + gaps.reduce((sum, { packets }) => sum + packets, 0)).toBe(3)
})

test('a clock that steps back hours does not end or lose anything', () => {
  const wire = new Wire()
    .tcp('c', 'A')
    .tcp('c', 'A', { afterUs: -7_200 * SECOND })
    .tcp('c', 'A', { afterUs: SECOND })
  expect(packetsOf(wire.end())).toBe(3)
})
