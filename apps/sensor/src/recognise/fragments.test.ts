import type { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { cut, fragments } from '../../test/fragments.ts'
import { frameOf } from '../../test/frames.ts'
import { meterCapture } from '../../test/metered-capture.ts'
import { type Body, concat, text, udp, uint16, uint32 } from '../../test/packets.ts'
import { Exclusion } from '../capture/exclusion.ts'
import { InterfaceMeter } from '../capture/interface-meter.ts'
import { AddressNames } from './address-names.ts'

function meterInPieces(body: Body, version: 4 | 6): Flow[] {
  const names = new AddressNames()
  const timeouts = { idleTimeoutUs: 3e7, activeTimeoutUs: 6e7 }
  const meter = new InterfaceMeter({ interfaceName: 'it', ...timeouts, maxFlows: 8, exclusion: new Exclusion(), names })
  for (const octets of fragments(body, cut(body, 512), version)) meter.handle(frameOf(octets))
  while (meter.table.endSome(10));
  return meter.takeFlows()
}

test('a DNS answer in three fragments is read whole; the flow counts what was on the wire', async () => {
  const { flows, metered } = await meterCapture('fragments')
  expect(flows).toHaveLength(2)
  for (const { dns, reverse } of flows) {
    expect(dns).toMatchObject({ questionName: 'long.example', answers: 1, responseCode: 'NOERROR' })
    expect(dns?.records[0]).toMatchObject({ type: 'TXT', data: expect.stringMatching(/^string 0 of a long answer/) })
    expect(reverse?.packets).toBe(3)
  }
  expect(metered.fragments).toEqual({ joined: 2, hostile: 0, displaced: 0, expired: 0 })
})

test.each([4, 6] as const)('RADIUS with a certificate: the name behind the first fragment, over IPv%i', (version) => {
  const padding = Array.from({ length: 9 }, () => concat(Uint8Array.of(79, 255), new Uint8Array(253)))
  const attributes = concat(...padding, Uint8Array.of(1, 6), text('alfa'))
  const request = concat(Uint8Array.of(1, 5), uint16(20 + attributes.length), new Uint8Array(16), attributes)
  const [flow, ...others] = meterInPieces(udp(50_000, 1812, request), version)
  expect(others).toEqual([])
  expect([flow.protocolName, flow.protocolFields['user.name'], flow.forward?.packets]).toEqual(['radius', 'alfa', 5])
})

test('IKE with a certificate in its authentication', () => {
  const header = concat(new Uint8Array(16).fill(1), Uint8Array.of(46, 0x20, 35, 8), uint32(1), uint32(2_400))
  const [flow] = meterInPieces(udp(500, 500, concat(header, new Uint8Array(2_372).fill(7))), 4)
  expect([flow.protocolName, flow.protocolFields['ike.exchange']]).toEqual(['ike', '35'])
})
