import { Flow, Records } from '@picket/proto'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { METER_DEFAULTS, meterFile } from '../commands/meter-file.ts'
import { ProtoWriter } from './proto-writer.ts'
import { writeFlow } from './write-flow.ts'

const CASES = join(import.meta.dirname, '../../../../test/cases')

function written(flow: Flow): Buffer {
  const to = new ProtoWriter()
  writeFlow(to, 1, flow)
  return Buffer.from(to.bytes.subarray(0, to.end))
}

function generated(flow: Flow): Buffer {
  return Buffer.from(Records.encode({ ...Records.create(), flows: [flow] }).finish())
}

const direction = {
  packets: 2 ** 40,
  octets: 2 ** 52,
  payloadOctets: 127,
  payloadPackets: 128,
  lengthMin: 16_383,
  lengthMax: 16_384,
  lengthMean: 0.1,
  lengthStd: 1e30,
  iatMinUs: 1,
  iatMaxUs: 2,
  iatMeanUs: 1.5,
  iatStdUs: 0.5,
  tcpFin: 1,
  tcpSyn: 2,
  tcpRst: 3,
  tcpPsh: 4,
  tcpAck: 2 ** 31,
  tcpUrg: 2 ** 32 - 1,
  tcpWindowFirst: 0,
  tcpRetransmissions: 7,
  ttlFirst: 64,
  ttlMin: 63,
  ttlMax: 65,
  dscp: 46,
  tcpWindowMin: 0,
  tcpWindowMax: 65_535,
  tcpZeroWindows: 1,
  tcpOutOfOrder: 2,
  tcpMss: 1460,
  tcpWindowScale: 0,
  tcpSackPermitted: true,
  tcpTimestamps: true,
  bursts: 3,
  rttSamples: 4,
  rttMinUs: 5,
  rttMaxUs: 6,
  rttMeanUs: 5.5,
}
const full: Flow = {
  interface: 'eth0',
  startUs: 1_795_384_200_000_001,
  endUs: 2 ** 53 - 1,
  sourceAddress: Uint8Array.of(192, 0, 2, 1),
  destinationAddress: new Uint8Array(16).fill(7),
  sourcePort: 65_535,
  destinationPort: 443,
  protocol: 6,
  etherType: 0x86dd,
  vlanId: 1,
  sourceMac: Uint8Array.of(1, 2, 3, 4, 5, 6),
  destinationMac: Uint8Array.of(6, 5, 4, 3, 2, 1),
  communityId: '1:LQU9qZlK+B5F3KDmev6m5PMibrg=',
  endReason: 3,
  forward: direction,
  reverse: { ...direction, packets: 1 },
  firstLengths: [1, -1, 65_575, -65_575, 2 ** 31 - 1, -(2 ** 31)],
  firstGapsUs: [0, 1, 2 ** 32 - 1],
  handshakeRttUs: 0,
  protocolName: 'tls',
  hostName: 'b\u00fccher.example',
  application: 'x'.repeat(300),
  tls: {
    serverName: 'a',
    version: '1.3',
    alpn: 'h2',
    ja4: 'b',
    ja3: 'c',
    ja3s: 'd',
    cipher: '0x1301',
    serverAlpn: 'e',
    encryptedClientHello: true,
    certificateSubject: 'CN=\ud83d\ude00\ud800',
    certificateIssuer: 'f',
    certificateNotBefore: -1,
    certificateNotAfter: 2 ** 40,
  },
  dns: {
    questionName: 'q',
    questionType: 'A',
    responseCode: 'NOERROR',
    questions: 200,
    answers: 1,
    later: [
      { name: 'r', type: 'AAAA', responseCode: '' },
      { name: '', type: '', responseCode: '' },
    ],
    records: [{ name: 's', type: 'A', data: '192.0.2.7', ttl: 2 ** 31 }],
  },
  http: {
    method: 'GET',
    host: 'h',
    statusCode: 200,
    userAgent: 'u',
    later: [{ method: 'POST', host: 'i', path: '/', statusCode: 404, mimeType: 'text/html' }],
    requests: 2,
  },
  class: 'web',
  classConfidence: 0.99,
  classSource: 1,
  anomaly: 0,
  anomalyModelId: 'm',
  continued: true,
  handshakeResponderRttUs: 9,
  initiatorReason: 2,
  innerVlanId: 4094,
  tunnel: {
    kind: 3,
    networkId: 77,
    sourceAddress: Uint8Array.of(1, 2, 3, 4),
    destinationAddress: new Uint8Array(0),
  },
  protocolConfidence: 0.8,
  protocolFields: { 'ssh.client.hassh': 'y'.repeat(200), 2: 'first', empty: '' },
  anomalyParts: { forest: 0, autoencoder: undefined, context: 0.5 },
  anomalyExplanation: {
    reasons: [
      {
        feature: 'g',
        part: 1,
        observed: 1,
        usualLow: undefined,
        usualHigh: 2,
        usualAbsent: 0.5,
        share: 1,
      },
    ],
    smallestChange: [{ feature: 'j', from: 1, to: undefined }],
    threshold: 0.9,
  },
  samplingWeight: 4,
  countersOnly: true,
  anomalyThreshold: 0.995,
}

describe('a flow is written as the generated code does', () => {
  test('with every field, and with none', () => {
    expect(written(full)).toEqual(generated(full))
    expect(written(Flow.create())).toEqual(generated(Flow.create()))
  })

  test('the full flow names every field of the contract that there is', () => {
    const named = (message: object) => Object.keys(message).sort()
    expect(named(full)).toEqual(named(Flow.create()))
    expect(named(direction)).toEqual(named(Flow.fromPartial({ forward: {} }).forward!))
    const bare = Flow.fromPartial({ tls: {}, dns: { later: [{}], records: [{}] }, http: { later: [{}] }, tunnel: {} })
    expect(named(full.tls!)).toEqual(named(bare.tls!))
    expect(named(full.dns!)).toEqual(named(bare.dns!))
    expect(named(full.dns!.later[0])).toEqual(named(bare.dns!.later[0]))
    expect(named(full.dns!.records[0])).toEqual(named(bare.dns!.records[0]))
    expect(named(full.http!)).toEqual(named(bare.http!))
    expect(named(full.http!.later[0])).toEqual(named(bare.http!.later[0]))
    expect(named(full.tunnel!)).toEqual(named(bare.tunnel!))
  })

  test.each(readdirSync(CASES))('as %s was recorded', async (name) => {
    let flows = 0
    await meterFile(join(CASES, name, 'capture.pcap'), METER_DEFAULTS, async (ended) => {
      for (const flow of ended) {
        flows++
        expect(written(flow).equals(generated(flow))).toBe(true)
      }
    })
    expect(flows).toBeGreaterThan(0)
  })

  test.each([
    [{ sourcePort: -1 }],
    [{ sourcePort: 1.5 }],
    [{ startUs: 0.5 }],
    [{ classConfidence: 1e39 }],
    [{ firstLengths: [2 ** 31] }],
    [{ firstGapsUs: [-1] }],
  ])('%j is refused', (fields) => {
    const flow = Flow.fromPartial(fields)
    expect(() => written(flow)).toThrow(RangeError)
    expect(() => generated(flow)).toThrow()
  })
})
