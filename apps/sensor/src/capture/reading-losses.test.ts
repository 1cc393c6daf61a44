import { expect, test } from 'vitest'
import { fragments } from '../../test/fragments.ts'
import { MeteredWire } from '../../test/metered-wire.ts'
import { ethernet, ipv4, tcp, text, udp } from '../../test/packets.ts'

const HEADS = 1_024
const body = udp(5_000, 6_000, text('x'.repeat(120)))
const overlapping = [
  { start: 0, end: 64 },
  { start: 32, end: 128 },
]

/** The beginning of a request in a connection of its own, which is held until the rest comes. */
function begun(port: number): Uint8Array {
  const segment = tcp({ from: port, to: 80, flags: 'PA', sequence: 1, payload: text('GET /a') })
  return ethernet(ipv4({ from: '192.0.2.1', to: '192.0.2.2' }, segment))
}

test('what nobody had room to read is a gap of nothing, with how often', () => {
  const wire = new MeteredWire({ maxFlows: 2_048 })
  for (let i = 0; i < HEADS + 7; i++) wire.frame(begun(10_000 + i))
  for (const frame of fragments(body, overlapping, 4)) wire.frame(frame)
  const none = { packets: 0, flows: 0 }
  expect(wire.meter.takeGaps()).toMatchObject([
    { source: 'recognise', cause: 'heads-full', times: 7, ...none },
    { source: 'decode', cause: 'fragments-hostile', times: 1, ...none },
  ])
})

test('a cause that goes on is told once a minute, and what is left at the end', () => {
  const wire = new MeteredWire()
  const hostile = (id: number, afterUs = 1_000): void => {
    for (const frame of fragments(body, overlapping, 6, id)) wire.frame(frame, afterUs)
  }
  const taken = (isLast = false) => wire.meter.takeGaps(isLast).map(({ times }) => times)
  hostile(1)
  expect(taken()).toEqual([1])
  hostile(2)
  hostile(3)
  expect(taken()).toEqual([])
  hostile(4, 40_000_000)
  expect(taken()).toEqual([3])
  hostile(5)
  expect(taken(true)).toEqual([1])
  expect(taken(true)).toEqual([])
})
