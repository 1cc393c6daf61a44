import { expect, test } from 'vitest'
import { meterCapture } from '../../../test/metered-capture.ts'
import { concat, ethernet, uint16 } from '../../../test/packets.ts'
import { frameOf } from '../../../test/frames.ts'
import { DecodeStatus } from '../../decode/decode-status.ts'
import { Decoder } from '../../decode/decoder.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { readNeighbours, saysNeighbours } from './link-facts.ts'

const CLIENT_MAC = '02-00-00-00-00-02'
const SERVER_MAC = '02-00-00-00-00-01'

/** What a frame says, beside what was known. */
function read(octets: Uint8Array, known?: FlowFacts): FlowFacts {
  const decoder = new Decoder()
  expect(decoder.decode(frameOf(octets))).toBe(DecodeStatus.OK)
  expect(saysNeighbours(decoder.packet)).toBe(true)
  return readNeighbours(decoder.packet, known)
}

interface Arp {
  operation: number
  sender: number[]
  target: number[]
}

function arp({ operation, sender, target }: Arp): Uint8Array {
  const mac = Uint8Array.of(2, 0, 0, 0, 0, 2)
  const body = concat(uint16(1, 0x0800, 0x0604, operation), mac, Uint8Array.from(sender), mac, Uint8Array.from(target))
  return ethernet(body, { type: 0x0806 })
}

test('two hosts coming up: what a router advertises, who asks for whom, who answers', async () => {
  const { flows } = await meterCapture('neighbours')
  const fields = flows.map((flow) => flow.protocolFields)
  expect(fields).toContainEqual({
    'icmpv6.router.lifetime_s': '1800',
    'icmpv6.router.prefix': '2001:db8::/64',
    'icmpv6.router.mtu': '1500',
    'icmpv6.router.dns_server': '2001:db8::1',
    'icmpv6.source_link_address': SERVER_MAC,
  })
  expect(fields).toContainEqual({ 'icmpv6.target': 'fe80::ff:fe00:2, 2001:db8::ff:fe00:2' })
  expect(fields).toContainEqual({ 'icmpv6.target': '2001:db8::1', 'icmpv6.source_link_address': CLIENT_MAC })
  expect(fields).toContainEqual({ 'icmpv6.target': '2001:db8::1', 'icmpv6.target_link_address': SERVER_MAC })
  expect(fields).toContainEqual({
    'arp.operation': 'request',
    'arp.sender.ip': '192.0.2.2',
    'arp.sender.mac': CLIENT_MAC,
    'arp.target.ip': '192.0.2.1, 192.0.2.77',
  })
  expect(fields).toContainEqual({
    'arp.operation': 'reply',
    'arp.answer.ip': '192.0.2.1',
    'arp.answer.mac': SERVER_MAC,
  })
  expect(flows.every(({ protocolName }) => protocolName === '')).toBe(true)
})

test('gratuitous ARP and a probe say so', () => {
  const own = [192, 0, 2, 9]
  expect(read(arp({ operation: 1, sender: own, target: own })).fields).toMatchObject({ 'arp.gratuitous': 'true' })
  const probe = read(arp({ operation: 1, sender: [0, 0, 0, 0], target: own })).fields
  expect(probe).toMatchObject({ 'arp.probe': 'true', 'arp.target.ip': '192.0.2.9' })
  expect(probe).not.toHaveProperty('arp.sender.ip')
})

test('a host that asks for everybody fills no more than a field', () => {
  let facts: FlowFacts | undefined
  for (let last = 0; last < 100; last++)
    facts = read(arp({ operation: 1, sender: [192, 0, 2, 1], target: [192, 0, 2, last] }), facts)
  expect(facts?.get('arp.target.ip').length).toBeLessThanOrEqual(200)
  expect(facts?.get('arp.target.ip')).toMatch(/^192\.0\.2\.0, 192\.0\.2\.1, /)
})
