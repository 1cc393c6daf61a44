import { expect, test } from 'vitest'
import { recognise } from '../../../test/heads.ts'
import { concat, text, uint16, uint32 } from '../../../test/packets.ts'
import { AddressNames } from '../address-names.ts'
import { MessageAllowance } from '../message-allowance.ts'
import { Packet } from '../../decode/packet.ts'
import { DNS, MULTICAST_DNS, NETBIOS } from './dns-kind.ts'
import { dns as dnsWith, dnsElsewhere, dnsLike } from './dns.ts'
import { Verdict } from '../recogniser.ts'

const dns = (names: AddressNames) => dnsWith(names, new MessageAllowance())
const mdns = dnsLike('mdns', 5353, MULTICAST_DNS, new MessageAllowance())
const QUESTION = { flags: 0x0100, counts: [1, 0, 0, 0] }
const port = { destinationPort: 53 }

function nameOf(name: string): Uint8Array {
  return concat(...name.split('.').map((label) => concat(Uint8Array.of(label.length), text(label))), Uint8Array.of(0))
}

function message({ flags, counts }: typeof QUESTION, ...sections: Uint8Array[]): Uint8Array {
  return concat(uint16(0x1234, flags, ...counts), ...sections)
}

function record(type: number, data: Uint8Array, name = uint16(0xc00c)): Uint8Array {
  return concat(name, uint16(type, 1), uint32(300), uint16(data.length), data)
}

const asked = concat(nameOf('WWW.Example.com'), uint16(1, 1))

test('question and answer of one flow, and the addresses learned from it', () => {
  const names = new AddressNames()
  const recogniser = dns(names)
  const { verdict, facts } = recognise(recogniser, message(QUESTION, asked), port)
  expect(verdict).toBe(Verdict.YES)
  const answers = [
    record(5, nameOf('edge.example.net')),
    record(1, Uint8Array.of(192, 0, 2, 7)),
    record(28, new Uint8Array(16).fill(3)),
  ]
  const reply = message({ flags: 0x8180, counts: [1, 3, 0, 0] }, asked, ...answers)
  recognise(recogniser, reply, { ...port, forward: false, facts })
  expect(facts.dns).toEqual({
    questionName: 'www.example.com',
    questionType: 'A',
    responseCode: 'NOERROR',
    questions: 1,
    answers: 3,
    later: [],
    records: [
      { name: 'www.example.com', type: 'CNAME', data: 'edge.example.net', ttl: 300 },
      { name: 'www.example.com', type: 'A', data: '192.0.2.7', ttl: 300 },
      { name: 'www.example.com', type: 'AAAA', data: '303:303:303:303:303:303:303:303', ttl: 300 },
    ],
  })
  expect(names.nameOf(Uint8Array.of(192, 0, 2, 7))).toBe('www.example.com')
  expect(names.nameOf(new Uint8Array(16).fill(3))).toBe('www.example.com')
  expect(names.nameOf(Uint8Array.of(192, 0, 2, 8))).toBe('')
})

test('later questions are kept once each, with their own codes', () => {
  const recogniser = dns(new AddressNames())
  const { facts } = recognise(recogniser, message(QUESTION, asked), port)
  const others = ['b.example', 'c.example', 'b.example'].map((name) => concat(nameOf(name), uint16(28, 1)))
  for (const other of others) recognise(recogniser, message(QUESTION, other), { ...port, facts })
  const refused = message({ flags: 0x8185, counts: [1, 0, 0, 0] }, others[0])
  recognise(recogniser, refused, { ...port, forward: false, facts })
  expect(facts.dns).toMatchObject({ questions: 4, responseCode: '' })
  expect(facts.dns?.later).toEqual([
    { name: 'b.example', type: 'AAAA', responseCode: 'REFUSED' },
    { name: 'c.example', type: 'AAAA', responseCode: '' },
  ])
})

test.each([
  [15, concat(uint16(10), nameOf('mx.example')), 'MX', '10 mx.example'],
  [33, concat(uint16(1, 2, 443), nameOf('srv.example')), 'SRV', '1 2 443 srv.example'],
  [16, concat(Uint8Array.of(3), text('v=s'), Uint8Array.of(2), text('pf')), 'TXT', 'v=spf'],
  [1, Uint8Array.of(1, 2, 3), 'A', ''],
  [6, new Uint8Array(20), 'SOA', ''],
])('data of type %i', (type, data, name, shown) => {
  const reply = message({ flags: 0x8180, counts: [1, 1, 0, 0] }, asked, record(type, data))
  const { facts } = recognise(dns(new AddressNames()), reply, { ...port, forward: false })
  expect(facts.dns?.records).toEqual([{ name: 'www.example.com', type: name, data: shown, ttl: 300 }])
})

test('several messages in one segment are several questions', () => {
  const other = concat(nameOf('b.example'), uint16(1, 1))
  const framed = [asked, other].map((it) => message(QUESTION, it)).map((it) => concat(uint16(it.length), it))
  const { facts } = recognise(dns(new AddressNames()), concat(...framed), { ...port, isTcp: true })
  expect([facts.dns?.questions, facts.dns?.later[0].name, facts.isEndless]).toEqual([2, 'b.example', true])
})

test('a refused name has its code, over TCP too', () => {
  const names = new AddressNames()
  const reply = message({ flags: 0x8183, counts: [1, 0, 0, 0] }, asked)
  const framed = concat(uint16(reply.length), reply)
  const { verdict, facts } = recognise(dns(names), framed, { ...port, isTcp: true, forward: false })
  expect([verdict, facts.dns?.responseCode]).toEqual([Verdict.YES, 'NXDOMAIN'])
  expect(recognise(dns(names), framed.subarray(0, -4), { ...port, isTcp: true }).verdict).toBe(Verdict.MORE)
})

test('names that loop, run out or lie do no harm', () => {
  const names = new AddressNames()
  const loop = message(QUESTION, uint16(0xc00c, 1, 1), new Uint8Array(4))
  expect(recognise(dns(names), loop, port).facts.dns?.questionName).toBe('')
  const lying = message(
    { flags: 0x8180, counts: [1, 60, 0, 0] },
    asked,
    record(1, Uint8Array.of(1, 2, 3, 4)).subarray(0, -2),
  )
  expect(recognise(dns(names), lying, port).verdict).toBe(Verdict.YES)
  expect(names.size).toBe(0)
})

test('what is not on the port is not DNS; multicast DNS is a protocol of its own', () => {
  const query = message(QUESTION, asked)
  expect(recognise(dns(new AddressNames()), query, { destinationPort: 5353 }).verdict).toBe(Verdict.NO)
  expect(recognise(mdns, query, { destinationPort: 5353 }).verdict).toBe(Verdict.YES)
})

test('multicast DNS: several questions of a message, the records of an announcement, and no address learns a name', () => {
  const [printers, casts] = ['_ipp._tcp.local', '_googlecast._tcp.local'].map((name) => nameOf(name))
  const query = message({ flags: 0, counts: [2, 0, 0, 0] }, printers, uint16(12, 0x8001), casts, uint16(12, 1))
  const { facts } = recognise(mdns, query, { destinationPort: 5353 })
  const host = record(1, Uint8Array.of(192, 0, 2, 9), nameOf('printer.local'))
  const announced = message(
    { flags: 0x8400, counts: [0, 2, 0, 0] },
    record(12, nameOf('a._ipp._tcp.local'), printers),
    host,
  )
  recognise(mdns, announced, { destinationPort: 5353, facts })
  expect(facts.dns).toMatchObject({ questionName: '_ipp._tcp.local', questionType: 'PTR', questions: 2, answers: 2 })
  expect(facts.dns?.later).toEqual([{ name: '_googlecast._tcp.local', type: 'PTR', responseCode: '' }])
  expect(facts.dns?.records.map(({ name, data }) => [name, data])).toEqual([
    ['_ipp._tcp.local', 'a._ipp._tcp.local'],
    ['printer.local', '192.0.2.9'],
  ])
  expect(facts.isComplete).toBe(false)
})

test('NetBIOS: the name out of its encoding, and the address it has', () => {
  const nbns = dnsLike('nbns', 137, NETBIOS, new MessageAllowance())
  // RFC 1001 section 14.1: "FRED            ", in 16 octets.
  const fred = nameOf('EGFCEFEECACACACACACACACACACACACA')
  const query = message({ flags: 0x0110, counts: [1, 0, 0, 0] }, fred, uint16(0x20, 1))
  const { facts } = recognise(nbns, query, { destinationPort: 137 })
  const answer = record(0x20, Uint8Array.of(0x60, 0, 192, 0, 2, 5), fred)
  recognise(nbns, message({ flags: 0x8500, counts: [0, 1, 0, 0] }, answer), { destinationPort: 137, facts })
  expect(facts.dns).toMatchObject({ questionName: 'fred<20>', questionType: 'NB' })
  expect(facts.dns?.records).toMatchObject([{ name: 'fred<20>', type: 'NB', data: '192.0.2.5' }])
})

test('LLMNR: who was asked for', () => {
  const llmnr = dnsLike('llmnr', 5355, DNS, new MessageAllowance())
  const query = message({ flags: 0, counts: [1, 0, 0, 0] }, nameOf('printer'), uint16(28, 1))
  const { facts } = recognise(llmnr, query, { destinationPort: 5355 })
  expect(facts.dns).toMatchObject({ questionName: 'printer', questionType: 'AAAA', questions: 1 })
})

test('on another port a message counts that is sound to its last octet, over UDP and TCP', () => {
  const elsewhere = dnsElsewhere(new MessageAllowance())
  const query = message(QUESTION, asked)
  const { verdict, facts } = recognise(elsewhere, query, { destinationPort: 5300 })
  expect([verdict, facts.confidence, facts.dns?.questionName]).toEqual([Verdict.YES, 0.95, 'www.example.com'])
  const reply = message({ flags: 0x8180, counts: [1, 1, 0, 0] }, asked, record(1, Uint8Array.of(192, 0, 2, 7)))
  recognise(elsewhere, reply, { destinationPort: 5300, forward: false, facts })
  expect(facts.dns?.records).toMatchObject([{ data: '192.0.2.7' }])
  const framed = concat(uint16(query.length), query)
  expect(recognise(elsewhere, framed, { isTcp: true }).facts.dns?.questionName).toBe('www.example.com')
  for (let cut = 0; cut < reply.length; cut++)
    expect(recognise(elsewhere, reply.subarray(0, cut)).verdict, `${cut}`).toBe(Verdict.NO)
  expect(recognise(elsewhere, concat(reply, Uint8Array.of(0))).verdict).toBe(Verdict.NO)
  const odd = message(QUESTION, concat(nameOf('a b'), uint16(1, 1)))
  expect(recognise(elsewhere, odd).verdict).toBe(Verdict.NO)
})

test('messages of a stream are read once each, however segments cut them', () => {
  const names = ['a.example', 'b.example', 'c.example']
  const messages = names.map((name) => message(QUESTION, nameOf(name), uint16(1, 1)))
  const stream = concat(...messages.map((it) => concat(uint16(it.length), it)))
  for (let cut = 1; cut < stream.length; cut++) {
    const recogniser = dns(new AddressNames())
    const memory = new Uint32Array(4)
    const options = { ...port, isTcp: true, memory }
    const first = recognise(recogniser, stream.subarray(0, cut), options)
    // Where more was wanted the head of the stream is shown again with what came; a packet apart holds the octets then.
    const isHeld = first.verdict === Verdict.MORE || first.verdict === Verdict.KEEP
    const rest = isHeld ? { octets: stream, packet: new Packet() } : { octets: stream.subarray(cut) }
    const { octets, ...held } = rest
    const { facts } = recognise(recogniser, octets, { ...options, ...held, facts: first.facts })
    expect([facts.dns?.questionName, ...(facts.dns?.later ?? []).map(({ name }) => name)], `${cut}`).toEqual(names)
    expect(facts.dns?.questions, `${cut}`).toBe(3)
  }
})

test('names are bounded: the oldest makes room', () => {
  const names = new AddressNames(2)
  for (const last of [1, 2, 1, 3]) names.add(Uint8Array.of(192, 0, 2, last), 0, 4, `host-${last}`)
  expect(names.size).toBe(2)
  expect([1, 2, 3].map((last) => names.nameOf(Uint8Array.of(192, 0, 2, last)))).toEqual(['host-1', '', 'host-3'])
})
