import type { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { chromeHello } from '../../test/client-hello.ts'
import { ethernet, ipv4, tcp, text, udp } from '../../test/packets.ts'
import { Exclusion } from '../capture/exclusion.ts'
import { Frame } from '../capture/frame.ts'
import { InterfaceMeter } from '../capture/interface-meter.ts'
import { AddressNames } from './address-names.ts'

interface Part {
  at: number
  octets: Uint8Array
}

/** Meters the parts of one client stream, each at its place in the sequence, in the order given. */
function meterStream(parts: Part[]): Flow {
  const meter = newMeter()
  for (const [i, { at, octets }] of parts.entries()) {
    const segment = tcp({ from: 50_000, to: 8_443, flags: 'PA', sequence: (0xffff_ff00 + at) | 0, payload: octets })
    handle(meter, ipv4({ from: '192.0.2.1', to: '192.0.2.2' }, segment), i)
  }
  while (meter.table.endSome(10));
  return meter.takeFlows()[0]
}

function newMeter(names = new AddressNames()): InterfaceMeter {
  const timeouts = { idleTimeoutUs: 3e7, activeTimeoutUs: 6e7 }
  return new InterfaceMeter({ interfaceName: 'test0', ...timeouts, maxFlows: 64, exclusion: new Exclusion(), names })
}

function handle(meter: InterfaceMeter, packet: Uint8Array, afterUs: number): void {
  const frame = new Frame()
  frame.bytes = ethernet(packet)
  frame.capturedLength = frame.bytes.length
  frame.wireLength = frame.bytes.length
  frame.timeUs = 1_795_384_000_000_000 + afterUs
  meter.handle(frame)
}

const hello = chromeHello('example.com')
const part = (from: number, to: number): Part => ({ at: from, octets: hello.subarray(from, to) })

test.each([
  ['in one segment', [part(0, hello.length)]],
  ['in three segments', [part(0, 3), part(3, 200), part(200, hello.length)]],
  ['one sent twice', [part(0, 100), part(0, 100), part(50, hello.length)]],
  ['one too early', [part(0, 100), part(200, hello.length), part(100, 200)]],
])('a hello %s', (_name, parts) => {
  const flow = meterStream(parts)
  expect(flow).toMatchObject({ protocolName: 'tls', hostName: 'example.com' })
  expect(flow.tls?.ja4).toBe('t13d1516h2_8daaf6152771_e5627efa2ab1')
})

test.each([
  ['its end', [part(0, 160)]],
  ['its middle', [part(0, 160), part(200, hello.length)]],
])('a hello without %s gives the names that are there, no fingerprint, and says so', (_name, parts) => {
  const flow = meterStream(parts)
  expect(flow).toMatchObject({ protocolName: 'tls', hostName: 'example.com' })
  expect(flow.protocolFields).toEqual({ 'tls.client.hello_cut': 'true' })
  expect(flow.tls).toMatchObject({ serverName: 'example.com', version: '', ja3: '', ja4: '' })
})

test('a hello cut anywhere: a name is there whole or not at all, as are fingerprints', () => {
  for (let length = 9; length < hello.length; length++) {
    const flow = meterStream([part(0, length)])
    expect(['', 'example.com'], `${length}`).toContain(flow.hostName)
    expect([flow.protocolName, flow.tls?.ja4, flow.tls?.ja3], `${length}`).toEqual(['tls', '', ''])
    expect(['', '1.3'], `${length}`).toContain(flow.tls?.version)
  }
})

test('protocols by their first octets', () => {
  const cases: [string, Uint8Array, number][] = [
    ['ssh', tcp({ from: 50_000, to: 2022, flags: 'PA', payload: text('SSH-2.0-OpenSSH_9.2\r\n') }).octets, 6],
    ['smtp', tcp({ from: 50_000, to: 2500, flags: 'PA', payload: text('EHLO client.example\r\n') }).octets, 6],
    ['redis', tcp({ from: 50_000, to: 6379, flags: 'PA', payload: text('*1\r\n$4\r\nPING\r\n') }).octets, 6],
    ['ntp', udp(50_000, 123, Uint8Array.of(0x23, ...new Uint8Array(47))).octets, 17],
    [
      'quic',
      udp(50_000, 4433, Uint8Array.of(0xc3, 0, 0, 0, 1, 8, ...new Uint8Array(8), 0, 0, ...new Uint8Array(20))).octets,
      17,
    ],
    ['ssdp', udp(50_000, 1900, text('M-SEARCH * HTTP/1.1\r\n')).octets, 17],
    ['', tcp({ from: 50_000, to: 9999, flags: 'PA', payload: text('nothing that is known') }).octets, 6],
  ]
  for (const [name, octets, protocol] of cases) {
    const meter = newMeter()
    handle(meter, ipv4({ from: '192.0.2.1', to: '192.0.2.2' }, { protocol, octets }), 0)
    while (meter.table.endSome(10));
    expect(meter.takeFlows()[0].protocolName).toBe(name)
  }
})

test('what UDP-Lite carries is recognised as what UDP carries', () => {
  const meter = newMeter()
  const request = text('OPTIONS sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n\r\n')
  handle(meter, ipv4({ from: '192.0.2.1', to: '192.0.2.2' }, { ...udp(50_000, 5060, request), protocol: 136 }), 0)
  while (meter.table.endSome(10));
  expect(meter.takeFlows()[0]).toMatchObject({ protocol: 136, protocolName: 'sip' })
})

test('a flow without a name of its own gets the one DNS gave to its destination', () => {
  const names = new AddressNames()
  names.add(Uint8Array.of(192, 0, 2, 2), 0, 4, 'files.example.com')
  const meter = newMeter(names)
  handle(meter, ipv4({ from: '192.0.2.1', to: '192.0.2.2' }, udp(50_000, 50_001, text('x'))), 0)
  while (meter.table.endSome(10));
  expect(meter.takeFlows()[0].hostName).toBe('files.example.com')
})
