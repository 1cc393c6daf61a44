import { describe, expect, test } from 'vitest'
import { frameOf } from '../../test/frames.ts'
import { cut, fragments, type Piece } from '../../test/fragments.ts'
import { tcp, text, udp } from '../../test/packets.ts'
import { DecodeStatus } from './decode-status.ts'
import { Decoder } from './decoder.ts'
import { MAX_JOINED } from './fragmented-packet.ts'
import type { Packet } from './packet.ts'

function feed(decoder: Decoder, frames: Uint8Array[], timeUs = 0): (Packet | undefined)[] {
  return frames.map((octets) => {
    const frame = frameOf(octets)
    frame.timeUs = timeUs
    expect(decoder.decode(frame)).toBe(DecodeStatus.OK)
    return decoder.packet.whole
  })
}

function payloadOf(packet: Packet | undefined): string {
  return packet ? new TextDecoder().decode(packet.bytes.subarray(packet.payload, packet.payloadEnd)) : ''
}

const message = Array.from({ length: 40 }, (_, i) => `line ${i} of it`).join('\n')
const datagram = udp(1812, 1812, text(message))
const counted = { joined: 0, hostile: 0, displaced: 0, expired: 0 }

describe.each([4, 6] as const)('IPv%i', (version) => {
  test('what completes a packet shows it whole, in whatever order its fragments come', () => {
    for (const order of ['in order', 'backwards']) {
      const decoder = new Decoder()
      const frames = fragments(datagram, cut(datagram), version)
      const wholes = feed(decoder, order === 'in order' ? frames : frames.toReversed())
      expect(wholes.slice(0, -1).every((it) => it === undefined)).toBe(true)
      expect(payloadOf(wholes.at(-1))).toBe(message)
      expect(wholes.at(-1)).toMatchObject({ sourcePort: 1812, destinationPort: 1812, moreFragments: false })
      expect(decoder.fragments).toEqual({ ...counted, joined: 1 })
    }
  })

  test('a segment has its numbers, and is shown once', () => {
    const segment = tcp({ from: 4000, to: 80, flags: 'PA', sequence: 77, payload: text(message) })
    const decoder = new Decoder()
    const frames = fragments(segment, cut(segment), version)
    const wholes = feed(decoder, [...frames, ...frames])
    expect(wholes.filter(Boolean)).toHaveLength(1)
    expect(wholes[frames.length - 1]).toMatchObject({ protocol: 6, tcpSequence: 77, payloadLength: message.length })
  })

  test('an exact copy does no harm, an overlap gives the packet up', () => {
    const pieces = cut(datagram)
    const copies = fragments(datagram, [pieces[0], pieces[0], ...pieces.slice(1)], version)
    expect(payloadOf(feed(new Decoder(), copies).at(-1))).toBe(message)
    for (const bad of [
      { start: 32, end: 96 },
      { start: 0, end: 128 },
      { start: 8, end: 24 },
    ]) {
      const changed = { ...datagram, octets: datagram.octets.map((octet) => octet ^ 1) }
      const decoder = new Decoder()
      const frames = fragments(datagram, pieces, version)
      frames.splice(1, 0, ...fragments(changed, [bad], version))
      expect(feed(decoder, frames).every((it) => it === undefined)).toBe(true)
      expect(decoder.fragments).toEqual({ ...counted, hostile: 1 })
    }
  })
})

test('octets behind the end, and more than a packet may have, are given up', () => {
  for (const bad of [
    { start: 640, end: 648 },
    { start: 65_528, end: 65_544 },
  ]) {
    const decoder = new Decoder()
    const long = { protocol: 17, octets: new Uint8Array(66_000) }
    feed(decoder, fragments(datagram, [cut(datagram).at(-1) as Piece], 4))
    feed(decoder, fragments(long, [bad], 4))
    expect(decoder.fragments.hostile).toBe(1)
  }
})

test('of a long packet the first 16 KiB are enough', () => {
  const long = udp(1, 2, new Uint8Array(40_000).fill(65))
  const wholes = feed(new Decoder(), fragments(long, cut(long, 1480), 4))
  expect(wholes.filter(Boolean)).toHaveLength(1)
  expect(wholes.findIndex(Boolean)).toBe(Math.ceil(MAX_JOINED / 1480) - 1)
})

test('the packet begun longest ago makes room; what comes after its time begins anew', () => {
  const decoder = new Decoder()
  const [first, ...rest] = cut(datagram)
  for (let id = 0; id < 65; id++) feed(decoder, fragments(datagram, [first], 4, id), id)
  expect(decoder.fragments).toEqual({ ...counted, displaced: 1 })
  expect(payloadOf(feed(decoder, fragments(datagram, rest, 4, 64), 100).at(-1))).toBe(message)
  feed(decoder, fragments(datagram, rest, 4, 63), 61_000_000)
  expect(decoder.fragments).toEqual({ joined: 1, hostile: 0, displaced: 1, expired: 1 })
})

test('a first fragment that the capture cut is shown as far as it goes', () => {
  const decoder = new Decoder()
  const [octets] = fragments(datagram, cut(datagram), 4)
  decoder.decode(frameOf(octets, { captured: octets.length - 10 }))
  expect(decoder.packet.whole).toBe(decoder.packet)
})
