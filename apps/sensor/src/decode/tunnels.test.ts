import { describe, expect, test } from 'vitest'
import { concat, ethernet, ipv4, ipv6, tcp, text, udp, uint32 } from '../../test/packets.ts'
import {
  capwap,
  geneve,
  gre,
  gtpU,
  ipInIp,
  l2tp,
  mpls,
  nsh,
  pppoe,
  pptp,
  teredo,
  vxlan,
  wifi,
} from '../../test/tunnel-packets.ts'
import { Frame } from '../capture/frame.ts'
import { DecodeStatus } from './decode-status.ts'
import { Decoder } from './decoder.ts'
import { type Packet, Tunnel } from './packet.ts'

const outer = { from: '192.0.2.1', to: '192.0.2.2' }
const segment = tcp({ from: 40_000, to: 443, flags: 'PA', payload: text('hello') })
const inner = ipv4({ from: '10.0.0.1', to: '10.0.0.2' }, segment)
const inner6 = ipv6({ from: '2001:db8::1', to: '2001:db8::2' }, segment)
const bridged = ethernet(inner, { vlans: [7] })

function decode(octets: Uint8Array, captured = octets.length): { status: DecodeStatus; packet: Packet } {
  const decoder = new Decoder()
  const frame = new Frame()
  frame.bytes = octets
  frame.capturedLength = captured
  frame.wireLength = octets.length
  return { status: decoder.decode(frame), packet: decoder.packet }
}

const SWAPPED = { isSwapped: true, direction: 2 }
const BETWEEN = { direction: 3, hasQuality: true }

const tunnels: [string, Uint8Array, number, number][] = [
  ['GRE', ipv4(outer, gre(inner)), Tunnel.GRE, 0],
  ['GRE with key and sequence', ipv4(outer, gre(inner, { key: 9, sequence: 1 })), Tunnel.GRE, 0],
  ['GRE with IPv6 inside', ipv4(outer, gre(inner6)), Tunnel.GRE, 0],
  ['GRE with Ethernet inside', ipv4(outer, gre(bridged, { type: 0x6558 })), Tunnel.GRE, 0],
  ['GRE of PPTP', ipv4(outer, pptp(inner)), Tunnel.GRE, 0],
  ['4in4', ipv4(outer, ipInIp(inner)), Tunnel.IP_IN_IP, 0],
  ['6in4', ipv4(outer, ipInIp(inner6)), Tunnel.IP_IN_IP, 0],
  ['4in6', ipv6({ from: '2001:db8::8', to: '2001:db8::9' }, ipInIp(inner)), Tunnel.IP_IN_IP, 0],
  ['VXLAN', ipv4(outer, udp(50_000, 4_789, vxlan(77, bridged))), Tunnel.VXLAN, 77],
  ['VXLAN, reserved bits set', ipv4(outer, udp(50_000, 4_789, vxlan(77, bridged, 0xff00_ff01))), Tunnel.VXLAN, 77],
  ['GENEVE', ipv4(outer, udp(50_000, 6_081, geneve(78, bridged))), Tunnel.GENEVE, 78],
  ['GENEVE with options', ipv4(outer, udp(50_000, 6_081, geneve(78, bridged, new Uint8Array(8)))), Tunnel.GENEVE, 78],
  ['GTP-U', ipv4(outer, udp(2_152, 2_152, gtpU(inner))), Tunnel.GTP_U, 0],
  ['GTP-U with an extension', ipv4(outer, udp(2_152, 2_152, gtpU(inner6, true))), Tunnel.GTP_U, 0],
  ['CAPWAP with 802.3', ipv4(outer, udp(50_000, 5_247, capwap(bridged, false))), Tunnel.CAPWAP, 0],
  ['CAPWAP with 802.11', ipv4(outer, udp(5_247, 50_000, capwap(wifi(inner), true))), Tunnel.CAPWAP, 0],
  ['CAPWAP, octets swapped', ipv4(outer, udp(50_000, 5_247, capwap(wifi(inner, SWAPPED), true))), Tunnel.CAPWAP, 0],
  ['CAPWAP, four addresses', ipv4(outer, udp(50_000, 5_247, capwap(wifi(inner6, BETWEEN), true))), Tunnel.CAPWAP, 0],
  ['L2TP', ipv4(outer, udp(1_701, 50_000, l2tp(inner))), Tunnel.L2TP, 0],
  ['L2TP without options', ipv4(outer, udp(50_000, 1_701, l2tp(inner6, true))), Tunnel.L2TP, 0],
  ['Teredo', ipv4(outer, udp(3_544, 50_000, teredo(inner6))), Tunnel.TEREDO, 0],
  ['Teredo with indications', ipv4(outer, udp(50_000, 3_544, teredo(inner6, true))), Tunnel.TEREDO, 0],
]

describe.each(tunnels)('%s', (_name, octets, kind, network) => {
  const frame = ethernet(octets)

  test('the packet inside is the one that is metered; the outer one stays as context', () => {
    const { status, packet } = decode(frame)
    expect(status).toBe(DecodeStatus.OK)
    expect(packet).toMatchObject({ protocol: 6, sourcePort: 40_000, destinationPort: 443, payloadLength: 5, depth: 1 })
    expect(packet.tunnel).toBe((kind << 24) | network)
    expect(packet.length).toBe(packet.family === 4 ? inner.length : inner6.length)
    const addressLength = packet.outerFamily === 4 ? 4 : 16
    expect(packet.bytes.subarray(packet.outerSource, packet.outerSource + addressLength)).toEqual(
      octets.subarray(addressLength === 4 ? 12 : 8, addressLength === 4 ? 16 : 24),
    )
  })

  test('cut at every length it is the outer packet, or told as truncated; never an exception', () => {
    const innerHeaders = frame.length - 5
    for (let captured = 0; captured < frame.length; captured++) {
      const { status, packet } = decode(frame, captured)
      if (captured >= innerHeaders) expect(packet.depth, `${captured} octets`).toBe(1)
      else if (status === DecodeStatus.OK) expect(packet.depth, `${captured} octets`).toBe(0)
      else expect(status, `${captured} octets`).toBe(DecodeStatus.TRUNCATED)
    }
  })
})

test('tunnels in tunnels are followed to a bounded depth', () => {
  let octets = inner
  const depths: number[] = []
  for (let i = 0; i < 6; i++) {
    octets = ipv4(outer, gre(octets))
    depths.push(decode(ethernet(octets)).packet.depth)
  }
  expect(depths).toEqual([1, 2, 3, 4, 4, 4])
})

test('a first fragment holds part of a tunnelled packet alone and stays what it is', () => {
  const { packet } = decode(ethernet(ipv4({ ...outer, moreFragments: true }, gre(inner))))
  expect(packet).toMatchObject({ protocol: 47, depth: 0 })
})

test.each([
  ['VXLAN port, other datagram', 4_789, text('no tunnel at all')],
  ['GTP-U echo request', 2_152, Uint8Array.of(0x32, 1, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0)],
  ['GENEVE with an unknown type inside', 6_081, concat(uint32(0x1234), uint32(0), inner)],
  ['CAPWAP with an encrypted frame', 5_247, capwap(wifi(inner, { isProtected: true }), true)],
  ['CAPWAP with DTLS', 5_247, concat(Uint8Array.of(1, 0, 0, 0), capwap(wifi(inner), true))],
  ['L2TP control message', 1_701, concat(uint32(0xc802_0014), new Uint8Array(16))],
  ['Teredo with a packet longer than its datagram', 3_544, inner6.subarray(0, -1)],
])('%s stays a datagram', (_name, port, payload) => {
  const { status, packet } = decode(ethernet(ipv4(outer, udp(50_000, port, payload))))
  expect(status).toBe(DecodeStatus.OK)
  expect(packet).toMatchObject({ protocol: 17, destinationPort: port, depth: 0, tunnel: 0 })
})

describe('wrappings of the link', () => {
  test.each([
    ['MPLS over IPv4', ethernet(mpls([16, 17], inner), { type: 0x8847 }), 0x0800],
    ['MPLS over IPv6', ethernet(mpls([16], inner6), { type: 0x8847 }), 0x86dd],
    ['MPLS over a pseudowire', ethernet(mpls([16], concat(new Uint8Array(4), bridged)), { type: 0x8847 }), 0x0800],
    ['PPPoE over IPv4', ethernet(pppoe(inner), { type: 0x8864 }), 0x0800],
    ['PPPoE over IPv6', ethernet(pppoe(inner6), { type: 0x8864 }), 0x86dd],
    ['NSH over IPv4', ethernet(nsh(1, inner), { type: 0x894f }), 0x0800],
    ['NSH over IPv6', ethernet(nsh(2, inner6), { type: 0x894f }), 0x86dd],
    ['NSH over Ethernet', ethernet(nsh(3, bridged), { type: 0x894f }), 0x0800],
    ['the tag of a port extender', ethernet(concat(uint32(7), uint32(0x0800), inner), { type: 0x893f }), 0x0800],
  ])('%s', (_name, frame, etherType) => {
    const { status, packet } = decode(frame)
    expect(status).toBe(DecodeStatus.OK)
    expect(packet).toMatchObject({ etherType, sourcePort: 40_000, payloadLength: 5, tunnel: 0 })
    for (let captured = 0; captured < frame.length - 5; captured++) {
      const cut = decode(frame, captured)
      expect(cut.status === DecodeStatus.TRUNCATED || cut.packet.family === 0, `${captured} octets`).toBe(true)
    }
  })
})
