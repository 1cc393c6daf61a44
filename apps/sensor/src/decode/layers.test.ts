import { describe, expect, test } from 'vitest'
import { type Body, concat, ethernet, icmp, ipv4, ipv6, tcp, text, udp, uint16, uint32 } from '../../test/packets.ts'
import { Frame } from '../capture/frame.ts'
import { LinkType } from '../capture/link-type.ts'
import { DecodeStatus } from './decode-status.ts'
import { Decoder } from './decoder.ts'
import { decodeTcpOptions, TcpOption } from './tcp-options.ts'

const v4 = { from: '192.0.2.1', to: '192.0.2.2' }
const v6 = { from: '2001:db8::1', to: '2001:db8::2' }
const udpLite: Body = { protocol: 136, octets: concat(uint16(5000, 6000, 8, 0), text('coverage')) }
const sctp: Body = { protocol: 132, octets: concat(uint16(7, 8), uint32(1), uint32(0), text('chunk')) }
const igmp: Body = { protocol: 2, octets: concat(Uint8Array.of(0x16, 0, 0, 0), uint32(0xe000_0001)) }
const esp: Body = { protocol: 50, octets: concat(uint32(0x1001), uint32(1), new Uint8Array(32)) }
const authenticated: Body = {
  protocol: 51,
  octets: concat(Uint8Array.of(17, 4, 0, 0), uint32(1), uint32(1), new Uint8Array(12), udp(5000, 53, text('q')).octets),
}
const arp = concat(uint16(1, 0x0800), Uint8Array.of(6, 4), uint16(1), new Uint8Array(20))
const llc = concat(Uint8Array.of(1, 128, 194, 0, 0, 0, 2, 0, 0, 0, 0, 1), uint16(38), Uint8Array.of(0x42, 0x42, 3))

/** Frame, its link type, octets of headers, and what a whole one decodes to. */
const frames: [string, Uint8Array, number, number, object][] = [
  ['TCP', ethernet(ipv4(v4, tcp({ from: 1, to: 2, flags: 'A' }))), LinkType.ETHERNET, 54, { protocol: 6 }],
  ['UDP', ethernet(ipv6(v6, udp(1, 2, text('x')))), LinkType.ETHERNET, 62, { protocol: 17, destinationPort: 2 }],
  [
    'UDP-Lite',
    ethernet(ipv4(v4, udpLite)),
    LinkType.ETHERNET,
    42,
    { protocol: 136, sourcePort: 5000, payloadLength: 8 },
  ],
  ['SCTP', ethernet(ipv4(v4, sctp)), LinkType.ETHERNET, 46, { protocol: 132, sourcePort: 7, destinationPort: 8 }],
  ['ICMP', ethernet(ipv4(v4, icmp(8, 0))), LinkType.ETHERNET, 38, { protocol: 1, sourcePort: 8 }],
  [
    'ICMPv6 neighbour',
    ethernet(ipv6(v6, icmp(135, 0, 58))),
    LinkType.ETHERNET,
    58,
    { sourcePort: 135, destinationPort: 136 },
  ],
  ['IGMP', ethernet(ipv4(v4, igmp)), LinkType.ETHERNET, 42, { protocol: 2, sourcePort: 0 }],
  ['ESP', ethernet(ipv4(v4, esp)), LinkType.ETHERNET, 42, { protocol: 50, payloadLength: 32 }],
  ['AH over IPv4', ethernet(ipv4(v4, authenticated)), LinkType.ETHERNET, 66, { protocol: 17, destinationPort: 53 }],
  [
    'FabricPath',
    ethernet(concat(uint16(0x0420), ethernet(ipv4(v4, icmp(8, 0)), { vlans: [7] })), { type: 0x8903 }),
    LinkType.ETHERNET,
    58,
    { protocol: 1, vlanId: 7, sourceMac: 22 },
  ],
  ['ARP', ethernet(arp, { type: 0x0806 }), LinkType.ETHERNET, 42, { family: 0, etherType: 0x0806 }],
  ['LLC', llc, LinkType.ETHERNET, 14, { family: 0, etherType: 4 }],
  [
    '802.1ad',
    ethernet(ipv4(v4, icmp(8, 0)), { vlans: [5, 6], outerType: 0x88a8 }),
    LinkType.ETHERNET,
    46,
    { vlanId: 5 },
  ],
  ['null', concat(uint32(0x0200_0000), ipv4(v4, icmp(8, 0))), LinkType.NULL, 28, { protocol: 1 }],
  ['PPP', concat(Uint8Array.of(0xff, 3, 0, 0x21), ipv4(v4, icmp(8, 0))), LinkType.PPP, 28, { protocol: 1 }],
  ['PPP, short protocol', concat(Uint8Array.of(0x57), ipv6(v6, icmp(128, 0, 58))), LinkType.PPP, 45, { protocol: 58 }],
  ['Cisco HDLC called PPP', concat(uint16(0x0f00, 0x0800), ipv4(v4, icmp(8, 0))), LinkType.PPP, 28, { protocol: 1 }],
  ['Cisco HDLC', concat(uint16(0x0f00, 0x0800), ipv4(v4, icmp(8, 0))), LinkType.CISCO_HDLC, 28, { protocol: 1 }],
  ['raw', ipv6(v6, icmp(128, 0, 58)), LinkType.RAW, 44, { protocol: 58 }],
  ['cooked', concat(uint16(0, 1, 6), new Uint8Array(8), uint16(0x0806), arp), LinkType.LINUX_COOKED, 44, { family: 0 }],
  ['cooked 2', concat(uint16(0x0806, 0, 0, 1, 1), new Uint8Array(10), arp), LinkType.LINUX_COOKED_2, 48, { family: 0 }],
]

describe.each(frames)('%s', (_name, octets, linkType, headers, expected) => {
  const decode = (captured: number, wire = octets.length): { status: DecodeStatus; packet: Decoder['packet'] } => {
    const decoder = new Decoder()
    const frame = new Frame()
    // Nothing may be read behind what was captured: the memory ends there.
    frame.bytes = octets.slice(0, captured)
    frame.capturedLength = captured
    frame.wireLength = wire
    frame.linkType = linkType
    return { status: decoder.decode(frame), packet: decoder.packet }
  }

  test('whole', () => {
    const { status, packet } = decode(octets.length)
    expect(status).toBe(DecodeStatus.OK)
    expect(packet).toMatchObject(expected)
  })

  test('cut by the capture at every length: truncated within the headers, whole behind them', () => {
    for (let captured = 0; captured <= octets.length; captured++) {
      const wanted = captured < headers ? DecodeStatus.TRUNCATED : DecodeStatus.OK
      expect(decode(captured).status, `${captured} octets`).toBe(wanted)
    }
  })

  test('cut on the wire at every length within the headers: malformed', () => {
    for (let length = 0; length < headers; length++) {
      expect(decode(length, length).status, `${length} octets`).not.toBe(DecodeStatus.OK)
    }
  })
})

test('options of a SYN', () => {
  const options = Uint8Array.of(2, 4, 5, 180, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 0, 1, 3, 3, 7)
  const { protocol, octets } = tcp({ from: 1, to: 2, flags: 'S', payload: options })
  octets[12] = (5 + options.length / 4) << 4
  const bytes = ethernet(ipv4(v4, { protocol, octets }))
  const all = TcpOption.ANY | TcpOption.MSS | TcpOption.WINDOW_SCALE | TcpOption.SACK_PERMITTED | TcpOption.TIMESTAMPS
  for (let captured = 54; captured <= bytes.length; captured++) {
    const decoder = new Decoder()
    const frame = new Frame()
    frame.bytes = bytes.slice(0, captured)
    frame.capturedLength = captured
    frame.wireLength = bytes.length
    expect(decoder.decode(frame)).toBe(DecodeStatus.OK)
    expect((decodeTcpOptions(decoder.packet) >>> 24) & ~all).toBe(0)
    if (captured === bytes.length) expect(decodeTcpOptions(decoder.packet)).toBe((all << 24) | (7 << 16) | 1460)
  }
})
