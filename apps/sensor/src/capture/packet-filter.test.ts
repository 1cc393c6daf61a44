import { describe, expect, test } from 'vitest'
import { concat, ethernet, icmp, ipv4, ipv6, tcp, text, udp, uint16 } from '../../test/packets.ts'
import { runBpf } from '../../test/run-bpf.ts'
import { PASS_EVERYTHING, PASS_NOTHING, withSnapLength } from './bpf.ts'
import { compileByLibpcap } from './native-filter.ts'
import { packetFilter } from './packet-filter.ts'
import { withoutVlans } from './vlan-filter.ts'

const there = { from: '192.0.2.1', to: '198.51.100.7' }
const back = { from: there.to, to: there.from }
const six = { from: '2001:db8::1', to: '2001:db8:7::2' }
const packets = [
  ipv4(there, tcp({ from: 50_000, to: 443, flags: 'S' })),
  ipv4(back, tcp({ from: 443, to: 50_000, flags: 'SA' })),
  ipv4(there, udp(5_353, 53, text('question'))),
  ipv4({ from: '10.1.2.3', to: '10.1.2.4' }, udp(53, 8_080, text('answer'))),
  ipv4(there, icmp(8, 0)),
  ipv6(six, udp(5_000, 53, text('six'))),
  ipv6({ from: six.to, to: six.from }, tcp({ from: 22, to: 40_000, flags: 'A' })),
]
const arp = ethernet(concat(uint16(1, 0x0800), Uint8Array.of(6, 4), uint16(1), new Uint8Array(20)), { type: 0x0806 })
const frames = [...packets.map((packet) => ethernet(packet)), arp, ethernet(packets[0], { vlans: [5] })]

/** Which frames each lets pass. */
const expected: Record<string, number[]> = {
  'tcp port 443': [0, 1],
  'src port 443': [1],
  'dst port 443': [0],
  'udp and port 53': [2, 3, 5],
  'portrange 8000-8100': [3],
  'host 192.0.2.1': [0, 1, 2, 4],
  'src host 192.0.2.1 and not icmp': [0, 2],
  'dst net 10.1.0.0/16': [3],
  'net 192.0.2.0/25 or net 10.0.0.0/8': [0, 1, 2, 3, 4],
  'host 2001:db8::1': [5, 6],
  'net 2001:db8:7::/48': [5, 6],
  'src net 2001:db8:7::/48': [6],
  'ip6 and tcp': [6],
  'icmp || (udp && !port 53)': [4],
  'not (tcp or udp)': [4, 7, 8],
  arp: [7],
  sctp: [],
  'ip or arp and udp': [2, 3],
}

const hasLibpcap = compileByLibpcap('ip', true) !== undefined
if (!hasLibpcap) console.log('skipped: filters of libpcap: there is no libpcap here')
const compilers = [
  { by: 'the small language', compile: () => undefined, isHere: true },
  { by: 'libpcap', compile: compileByLibpcap, isHere: hasLibpcap },
]

describe.each(compilers)('filters by $by', ({ compile, isHere }) => {
  test.skipIf(!isHere).each(Object.entries(expected))('%s', (expression, passed) => {
    const filter = packetFilter(expression, compile)
    const passing = (program: Uint8Array, all: Uint8Array[]): number[] =>
      [...all.keys()].filter((i) => runBpf(program, all[i]) > 0)
    // "ip or arp and udp" of libpcap: what is ARP cannot be UDP, so this is IP over UDP alone there too.
    expect(passing(filter.programFor(true), frames)).toEqual(passed)
    expect(passing(filter.programFor(false), packets)).toEqual(passed.filter((i) => i < packets.length))
  })
})

test.each([
  ['host', 5, 'at its end'],
  ['host 192.0.2.1 and prot 80', 20, 'at character 20, "prot 80"'],
  ['port 80 or (udp', 16, 'at its end'],
  ['tcp port 70000', 10, 'at character 10, "70000"'],
  ['port 80 udp', 9, 'at character 9, "udp"'],
])('a mistake in "%s" is told with its place', (expression, _, place) => {
  for (const { compile, isHere } of compilers)
    if (isHere) expect(() => packetFilter(expression, compile)).toThrow(place)
})

test('an address of a link layer lets nothing pass where there is none, and a VLAN is refused', () => {
  if (!hasLibpcap) return
  const filter = packetFilter('ether host 02:00:00:00:00:01')
  expect(filter.programFor(false)).toEqual(PASS_NOTHING)
  expect(() => packetFilter('ip and vlan 5')).toThrow('at character 8')
})

test('frames of VLANs that are seen elsewhere are left out, and what passes is cut', () => {
  const program = withoutVlans([7, 5], withSnapLength(PASS_EVERYTHING, 96))
  const tagged = (vlan: number): Uint8Array => ethernet(packets[0], { vlans: [vlan] })
  expect([5, 7, 6].map((vlan) => runBpf(program, tagged(vlan)))).toEqual([0, 0, 96])
  expect(runBpf(program, frames[0])).toBe(96)
  expect(withoutVlans([], program)).toBe(program)
})
