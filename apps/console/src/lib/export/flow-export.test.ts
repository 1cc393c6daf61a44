import { TlsFacts } from '@picket/proto'
import type { FlowRow } from '@picket/store'
import { expect, test } from 'vitest'
import { flowCsvHead, flowCsvLine } from './flow-csv.ts'
import { toEcsFlow } from './flow-ecs.ts'

const flow: FlowRow = {
  id: 7,
  sensorId: '0d4c6c2e-4f0a-4a51-9f0e-3a4dfb0b8f11',
  hostname: 'edge-01',
  interface: 'eth0',
  startUs: 1_795_384_000_123_456,
  endUs: 1_795_384_001_000_001,
  sourceAddress: '192.0.2.1',
  destinationAddress: '2001:db8::1',
  sourcePort: 50_000,
  destinationPort: 443,
  protocol: 6,
  etherType: 0x0800,
  vlanId: 40,
  sourceMac: '02:00:5e:00:53:0a',
  destinationMac: null,
  communityId: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
  endReason: 'end-of-flow',
  forwardPackets: 3,
  forwardOctets: 180,
  reversePackets: 2,
  reverseOctets: 3000,
  packets: 5,
  octets: 3180,
  tcp: { forwardFlags: 'FSA', reverseFlags: 'SA', forwardRetransmissions: 0, reverseRetransmissions: 0 },
  handshakeRttUs: null,
  protocolName: 'tls',
  hostName: '=cmd|calc',
  application: '',
  tls: TlsFacts.fromPartial({ serverName: 'www.example.org', version: '1.3', alpn: 'h2', ja4: 't13d' }),
  dns: null,
  http: null,
  class: 'web',
  classConfidence: 0.5,
  classSource: 'host-name',
  anomaly: 0,
  anomalyModelId: 'anomaly-forest-1',
  continued: false,
}

test('an NDJSON line has the shape of a meter line, and absent is absent', () => {
  expect(toEcsFlow(flow)).toEqual({
    '@timestamp': '2026-11-22T21:46:41.000001Z',
    event: {
      kind: 'event',
      category: ['network'],
      start: '2026-11-22T21:46:40.123456Z',
      end: '2026-11-22T21:46:41.000001Z',
      duration: 876_545_000,
      reason: 'end of flow',
    },
    agent: { id: flow.sensorId, type: 'picket' },
    observer: { hostname: 'edge-01', ingress: { interface: { name: 'eth0' } } },
    source: { ip: '192.0.2.1', port: 50_000, bytes: 180, packets: 3, mac: '02-00-5E-00-53-0A' },
    destination: { ip: '2001:db8::1', port: 443, domain: '=cmd|calc', bytes: 3000, packets: 2 },
    network: {
      transport: 'tcp',
      type: 'ipv4',
      iana_number: '6',
      bytes: 3180,
      packets: 5,
      community_id: flow.communityId,
      protocol: 'tls',
      vlan: { id: 40 },
    },
    tls: { client: { server_name: 'www.example.org', ja4: 't13d' }, version: '1.3', alpn: 'h2' },
    picket: {
      interface: 'eth0',
      class: 'web',
      class_confidence: 0.5,
      class_source: 'host-name',
      anomaly: 0,
      anomaly_model: 'anomaly-forest-1',
      host_name: '=cmd|calc',
    },
  })
})

test('ICMP has a type and a code, no ports', () => {
  const document = toEcsFlow({ ...flow, protocol: 1, sourcePort: 8, destinationPort: 0, tcp: null, tls: null })
  expect(document.source).not.toHaveProperty('port')
  expect(document.picket).toMatchObject({ icmp: { type: 8, code: 0 } })
  expect(document).not.toHaveProperty('tls')
})

test('a CSV line has a cell for every column and disarms what came off the wire', () => {
  const names = flowCsvHead().trim().split(',')
  const cells = flowCsvLine(flow).trim().split(',')
  const row = Object.fromEntries(names.map((name, index) => [name, cells[index]]))
  expect(cells).toHaveLength(names.length)
  expect(row).toMatchObject({
    start: '2026-11-22T21:46:40.123456Z',
    duration_us: '876545',
    transport: 'tcp',
    host_name: "'=cmd|calc",
    anomaly: '0',
    handshake_rtt_us: '',
    source_bytes: '180',
  })
})
