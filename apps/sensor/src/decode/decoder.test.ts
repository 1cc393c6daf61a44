import { describe, expect, test } from 'vitest'
import { frameOf } from '../../test/frames.ts'
import { concat, ethernet, icmp, ipv4, ipv6, tcp, text, udp, uint16 } from '../../test/packets.ts'
import { LinkType } from '../capture/link-type.ts'
import { DecodeStatus } from './decode-status.ts'
import { Decoder } from './decoder.ts'

const v4 = { from: '192.0.2.1', to: '192.0.2.2' }
const v6 = { from: '2001:db8::1', to: '2001:db8::2' }
const segment = tcp({ from: 40_000, to: 443, flags: 'PA', sequence: 7, payload: text('hello') })

function decode(octets: Uint8Array, options = {}): { status: DecodeStatus; packet: Decoder['packet'] } {
  const decoder = new Decoder()
  return { status: decoder.decode(frameOf(octets, options)), packet: decoder.packet }
}

describe('layers', () => {
  test('TCP over IPv4 over Ethernet', () => {
    const { status, packet } = decode(ethernet(ipv4({ ...v4, ttl: 61 }, segment)))
    expect(status).toBe(DecodeStatus.OK)
    expect(packet).toMatchObject({ family: 4, protocol: 6, sourcePort: 40_000, destinationPort: 443, tcpFlags: 0x18 })
    expect(packet).toMatchObject({ tcpSequence: 7, tcpWindow: 1024, payloadLength: 5, length: 45, ttl: 61, vlanId: 0 })
    expect(new TextDecoder().decode(packet.bytes.subarray(packet.payload, packet.payloadEnd))).toBe('hello')
  })

  test('UDP over IPv6 behind a chain of extension headers', () => {
    const hopByHop = { type: 0, octets: new Uint8Array(8) }
    const destination = { type: 60, octets: Uint8Array.of(0, 1, ...new Uint8Array(14)) }
    const packetOctets = ipv6({ ...v6, extensions: [hopByHop, destination] }, udp(5000, 53, text('q')))
    const { status, packet } = decode(ethernet(packetOctets))
    expect(status).toBe(DecodeStatus.OK)
    expect(packet).toMatchObject({ family: 6, protocol: 17, sourcePort: 5000, destinationPort: 53, payloadLength: 1 })
    expect(packet.length).toBe(40 + 8 + 16 + 9)
  })

  test.each([
    ['one tag', [20], 20, 0],
    ['two tags', [100, 20], 100, 20],
    ['a priority tag', [0], 0, 0],
  ])('VLAN: %s', (_name, vlans, outer, inner) => {
    const { status, packet } = decode(ethernet(ipv4(v4, segment), { vlans, outerType: 0x88a8 }))
    expect(status).toBe(DecodeStatus.OK)
    expect(packet).toMatchObject({ vlanId: outer, innerVlanId: inner, family: 4, destinationPort: 443 })
  })

  test('ICMP types take their counterpart as destination port, others their code', () => {
    expect(decode(ethernet(ipv4(v4, icmp(8, 0)))).packet).toMatchObject({
      sourcePort: 8,
      destinationPort: 0,
      oneWay: false,
    })
    expect(decode(ethernet(ipv4(v4, icmp(3, 3)))).packet).toMatchObject({
      sourcePort: 3,
      destinationPort: 3,
      oneWay: true,
    })
    const neighbour = decode(ethernet(ipv6(v6, icmp(135, 0, 58)))).packet
    expect(neighbour).toMatchObject({ sourcePort: 135, destinationPort: 136, oneWay: false })
  })

  test('ARP is a packet without addresses', () => {
    const arp = concat(uint16(1, 0x0800), Uint8Array.of(6, 4), uint16(1), new Uint8Array(20))
    const { status, packet } = decode(ethernet(arp, { type: 0x0806 }))
    expect(status).toBe(DecodeStatus.OK)
    expect(packet).toMatchObject({ family: 0, protocol: 0, etherType: 0x0806, length: 28 })
  })

  test('padding of a short Ethernet frame is not payload', () => {
    const bare = ethernet(ipv4(v4, tcp({ from: 1, to: 2, flags: 'A' })))
    const { packet } = decode(concat(bare, new Uint8Array(6)))
    expect(packet).toMatchObject({ length: 40, payloadLength: 0 })
  })

  test('later fragments take the ports of the first', () => {
    const decoder = new Decoder()
    const first = { ...v4, id: 77, moreFragments: true }
    const later = { ...v4, id: 77, fragmentOffset: 24 }
    decoder.decode(frameOf(ethernet(ipv4(first, udp(5000, 6000, new Uint8Array(16))))))
    decoder.decode(frameOf(ethernet(ipv4(later, { protocol: 17, octets: new Uint8Array(10) }))))
    expect(decoder.packet).toMatchObject({
      sourcePort: 5000,
      destinationPort: 6000,
      payloadLength: 10,
      laterFragment: true,
    })
    decoder.decode(frameOf(ethernet(ipv4({ ...later, id: 78 }, { protocol: 17, octets: new Uint8Array(10) }))))
    expect(decoder.packet).toMatchObject({ sourcePort: 0, destinationPort: 0 })
  })
})

describe('link types', () => {
  const inner = ipv4(v4, segment)
  test.each([
    ['raw IP', LinkType.RAW, inner],
    ['raw IP of BSD', LinkType.RAW_BSD, inner],
    ['null', LinkType.NULL, concat(Uint8Array.of(2, 0, 0, 0), inner)],
    ['loop', LinkType.LOOP, concat(Uint8Array.of(0, 0, 0, 2), inner)],
    ['cooked', LinkType.LINUX_COOKED, concat(uint16(0, 1, 6), new Uint8Array(8), uint16(0x0800), inner)],
    ['cooked 2', LinkType.LINUX_COOKED_2, concat(uint16(0x0800, 0, 0, 1, 1), new Uint8Array(10), inner)],
  ])('%s', (_name, linkType, octets) => {
    const { status, packet } = decode(octets, { linkType })
    expect(status).toBe(DecodeStatus.OK)
    expect(packet).toMatchObject({ family: 4, sourcePort: 40_000, payloadLength: 5 })
  })

  test('an unknown one is told as such', () => {
    expect(decode(inner, { linkType: 147 }).status).toBe(DecodeStatus.UNSUPPORTED_LINK_TYPE)
  })
})

describe('unsound frames', () => {
  const whole = ethernet(ipv6({ ...v6, extensions: [{ type: 0, octets: new Uint8Array(8) }] }, segment), { vlans: [9] })

  test('cut by the capture anywhere in the headers: truncated', () => {
    const headers = whole.length - 5
    for (let captured = 0; captured < headers; captured++) {
      expect(decode(whole, { captured }).status, `${captured} octets`).toBe(DecodeStatus.TRUNCATED)
    }
    expect(decode(whole, { captured: headers }).status).toBe(DecodeStatus.OK)
  })

  test('cut on the wire: malformed', () => {
    const short = whole.subarray(0, 30)
    expect(decode(short).status).toBe(DecodeStatus.MALFORMED)
  })

  test('contradicting header lengths: malformed', () => {
    expect(decode(ethernet(ipv4({ ...v4, totalLength: 12 }, segment))).status).toBe(DecodeStatus.MALFORMED)
    const badOffset = ipv4(v4, segment)
    badOffset[20 + 12] = 0x20
    expect(decode(ethernet(badOffset)).status).toBe(DecodeStatus.MALFORMED)
  })

  test('any octets at all never throw', () => {
    let seed = 42
    const random = (): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) >>> 24
    const decoder = new Decoder()
    const seen = new Set<number>()
    const linkTypes = [...Object.values(LinkType), 999]
    for (let i = 0; i < 20_000; i++) {
      const octets = i % 2 === 0 ? Uint8Array.from({ length: random() % 90 }, random) : whole.slice()
      if (i % 2 === 1) octets[random() % octets.length] = random()
      const frame = frameOf(octets, { linkType: linkTypes[i % linkTypes.length], wire: octets.length + (random() % 3) })
      seen.add(decoder.decode(frame))
    }
    expect([...seen].sort()).toEqual([0, 1, 2, 3])
  })
})
