import { InitiatorReason, TunnelKind } from '@picket/proto'
import { expect, test } from 'vitest'
import { client, MeteredWire, SECOND, server } from '../../test/metered-wire.ts'
import { ethernet, icmp, ipv4, ipv6, tcp, text, udp } from '../../test/packets.ts'
import { gtpU, vxlan } from '../../test/tunnel-packets.ts'
import { formatAddress } from './format-address.ts'

const SYN_OPTIONS = Uint8Array.of(2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7)
const octets = (length: number): Uint8Array => new Uint8Array(length)

test('a handshake is timed in halves, and its options are kept for each end', () => {
  const [flow] = new MeteredWire()
    .tcp('c', 'S', { options: SYN_OPTIONS })
    .tcp('s', 'SA', { afterUs: 20_000, options: Uint8Array.of(2, 4, 4, 0) })
    .tcp('s', 'SA', { afterUs: 5_000, options: Uint8Array.of(2, 4, 4, 0) })
    .tcp('c', 'A', { afterUs: 300 })
    .end()
  expect(flow).toMatchObject({ handshakeResponderRttUs: 20_000, handshakeRttUs: 25_300 })
  expect(flow.forward).toMatchObject({ tcpMss: 1460, tcpWindowScale: 7, tcpSackPermitted: true, tcpTimestamps: true })
  expect(flow.reverse).toMatchObject({ tcpMss: 1024, tcpSackPermitted: false, tcpTimestamps: false })
  expect(flow.reverse?.tcpWindowScale).toBeUndefined()
})

test('payload is timed until its acknowledgement, each way; what is sent again is not', () => {
  const [flow] = new MeteredWire()
    .tcp('c', 'PA', { sequence: 100, payload: octets(10), acknowledgement: 900 })
    .tcp('s', 'A', { sequence: 900, acknowledgement: 105, afterUs: 1_000 })
    .tcp('s', 'A', { sequence: 900, acknowledgement: 110, afterUs: 1_000 })
    .tcp('c', 'PA', { sequence: 110, payload: octets(10), acknowledgement: 900 })
    .tcp('s', 'PA', { sequence: 900, payload: octets(5), acknowledgement: 120, afterUs: 6_000 })
    .tcp('c', 'A', { sequence: 120, acknowledgement: 905, afterUs: 400 })
    .tcp('c', 'PA', { sequence: 120, payload: octets(10), acknowledgement: 905 })
    .tcp('c', 'PA', { sequence: 120, payload: octets(10), acknowledgement: 905 })
    .tcp('s', 'A', { sequence: 905, acknowledgement: 130, afterUs: 50_000 })
    .end()
  expect(flow.forward).toMatchObject({ rttSamples: 2, rttMinUs: 2_000, rttMaxUs: 6_000, rttMeanUs: 4_000 })
  expect(flow.forward?.tcpRetransmissions).toBe(1)
  expect(flow.reverse).toMatchObject({ rttSamples: 1, rttMinUs: 400, rttMaxUs: 400 })
})

test('windows, zero windows, resets, and a segment that came late', () => {
  const [flow] = new MeteredWire()
    .tcp('c', 'S', { window: 64_000 })
    .tcp('c', 'A', { window: 500, sequence: 1 })
    .tcp('c', 'PA', { window: 700, sequence: 11, payload: octets(10) })
    .tcp('c', 'PA', { window: 0, sequence: 1, payload: octets(10) })
    .tcp('c', 'R', { window: 0, sequence: 21 })
    .end()
  expect(flow.forward).toMatchObject({ tcpWindowFirst: 64_000, tcpWindowMin: 0, tcpWindowMax: 700, tcpZeroWindows: 1 })
  expect(flow.forward).toMatchObject({ tcpRst: 1, tcpOutOfOrder: 1, tcpRetransmissions: 0 })
})

test('bursts end with payload of the other end, or a pause', () => {
  const payload = octets(1)
  const [flow] = new MeteredWire()
    .tcp('c', 'PA', { payload })
    .tcp('s', 'A')
    .tcp('c', 'PA', { payload })
    .tcp('s', 'PA', { payload })
    .tcp('c', 'PA', { payload })
    .tcp('c', 'PA', { payload, afterUs: SECOND })
    .end()
  expect([flow.forward?.bursts, flow.reverse?.bursts]).toEqual([3, 1])
})

test('times to live and the code point of the first packet', () => {
  const dscp = (value: number, ttl: number): Uint8Array => {
    const packet = ipv4({ from: client, to: server, ttl }, udp(40_000, 40_001, text('x')))
    packet[1] = value << 2
    return ethernet(packet)
  }
  const [flow] = new MeteredWire().frame(dscp(46, 60)).frame(dscp(0, 63)).frame(dscp(0, 58)).end()
  expect(flow.forward).toMatchObject({ dscp: 46, ttlFirst: 60, ttlMin: 58, ttlMax: 63 })
})

test('lengths of both families come back whole, up to the longest', () => {
  const longest = udp(40_000, 40_001, octets(65_535 - 8))
  const [six] = new MeteredWire().frame(ethernet(ipv6({ from: '2001:db8::1', to: '2001:db8::2' }, longest))).end()
  expect(six.firstLengths).toEqual([65_575])
  const [four] = new MeteredWire()
    .frame(ethernet(ipv4({ from: client, to: server }, udp(40_000, 40_001, octets(65_507)))))
    .frame(ethernet(ipv4({ from: server, to: client }, udp(40_001, 40_000, octets(2)))))
    .end()
  expect(four.firstLengths).toEqual([65_535, -30])
})

test('a flow says how its source was told', () => {
  const reasonOf = (wire: MeteredWire): InitiatorReason => wire.end()[0].initiatorReason
  const ends = { from: client, to: server }
  expect(reasonOf(new MeteredWire().tcp('s', 'SA'))).toBe(InitiatorReason.HANDSHAKE)
  expect(reasonOf(new MeteredWire().frame(ethernet(ipv4(ends, icmp(8, 0)))))).toBe(InitiatorReason.HANDSHAKE)
  expect(reasonOf(new MeteredWire().tcp('s', 'A'))).toBe(InitiatorReason.HEURISTIC)
  expect(reasonOf(new MeteredWire().tcp('s', 'A', { from: 50_000, to: 50_001 }))).toBe(InitiatorReason.FIRST_SEEN)
  const continued = new MeteredWire().tcp('c', 'S').tcp('c', 'A', { afterUs: 20 * SECOND })
  for (let i = 0; i < 3; i++) continued.tcp('c', 'A', { afterUs: 20 * SECOND })
  expect(continued.end().map(({ initiatorReason }) => initiatorReason)).toEqual([1, 1])
})

test('flows inside tunnels keep the outer ends on their own sides, and are told apart by network', () => {
  const inside = ethernet(ipv4({ from: '10.0.0.1', to: '10.0.0.2' }, tcp({ from: 40_000, to: 443, flags: 'S' })))
  const back = ethernet(ipv4({ from: '10.0.0.2', to: '10.0.0.1' }, tcp({ from: 443, to: 40_000, flags: 'SA' })))
  const wrap = (network: number, from: string, to: string, frame: Uint8Array): Uint8Array =>
    ethernet(ipv4({ from, to }, udp(50_000, 4_789, vxlan(network, frame))))
  const flows = new MeteredWire()
    .frame(wrap(7, server, client, back))
    .frame(wrap(7, client, server, inside))
    .frame(wrap(8, client, server, inside))
    .frame(ethernet(ipv4({ from: client, to: server }, udp(2_152, 2_152, gtpU(inside.subarray(14))))))
    .end()
  const facts = flows.map(({ forward, reverse, tunnel }) => [
    (forward?.packets ?? 0) + (reverse?.packets ?? 0),
    tunnel?.kind,
    tunnel?.networkId,
    formatAddress(tunnel?.sourceAddress ?? octets(4)),
    formatAddress(tunnel?.destinationAddress ?? octets(4)),
  ])
  expect(facts).toEqual([
    [2, TunnelKind.VXLAN, 7, client, server],
    [1, TunnelKind.VXLAN, 8, client, server],
    [1, TunnelKind.GTP_U, 0, client, server],
  ])
})

test('more tunnels than are remembered cost the context, never the flow', () => {
  const wire = new MeteredWire({ maxFlows: 8_192 })
  const inside = ipv4({ from: '10.0.0.1', to: '10.0.0.2' }, udp(40_000, 40_001, text('x')))
  for (let i = 0; i < 6_000; i++) {
    const to = `198.${18 + (i >> 16)}.${(i >> 8) & 255}.${i & 255}`
    const bridged = ethernet(inside)
    wire.frame(ethernet(ipv4({ from: client, to }, udp(50_000, 4_789, vxlan(i + 1, bridged)))), 1)
  }
  const { refused } = wire.meter.table.tunnels
  expect(refused).toBeGreaterThan(0)
  const flows = wire.end()
  expect(flows).toHaveLength(6_000)
  expect(flows.filter(({ tunnel }) => tunnel?.sourceAddress.length === 0)).toHaveLength(refused)
})
