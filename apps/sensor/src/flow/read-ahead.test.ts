import { expect, test } from 'vitest'
import { frameOf } from '../../test/frames.ts'
import { ethernet, ipv4, tcp, text, udp } from '../../test/packets.ts'
import { ChunkReader } from '../capture/chunk-reader.ts'
import { FrameBatch } from '../capture/frame-batch.ts'
import { LinkType } from '../capture/link-type.ts'
import { Decoder } from '../decode/decoder.ts'
import { FlowKey, hashOfUsual } from './flow-key.ts'
import { FlowRecords } from './flow-records.ts'
import { HashIndex } from './hash-index.ts'
import { ReadAhead } from './read-ahead.ts'

const ends = ['192.0.2.200', '10.0.0.1']
const frames = [0, 1].flatMap((i) =>
  [0, 1].flatMap((swapped) => {
    const [from, to] = swapped === 1 ? [40_000, 443] : [53, 60_000]
    const addresses = { from: ends[i], to: ends[1 - i] }
    const segment = tcp({ from, to, flags: 'A', payload: text('hello') })
    return [ethernet(ipv4(addresses, segment)), ethernet(ipv4(addresses, udp(from, to, text('hello'))))]
  }),
)

test('the hash of a usual frame is that of its key, in both directions', () => {
  const decoder = new Decoder()
  const key = new FlowKey()
  const same = ethernet(ipv4({ from: ends[0], to: ends[0] }, udp(9, 8, text('to itself'))))
  for (const octets of [...frames, same]) {
    const frame = frameOf(octets)
    decoder.decode(frame)
    key.set(decoder.packet)
    expect(hashOfUsual(decoder.packet.view, frame.offset)).toBe(key.hash)
  }
})

test('a frame of any length at the end of memory is read as far as it goes', () => {
  const records = new FlowRecords(16)
  const readAhead = new ReadAhead(records, new HashIndex(records))
  const batch = new FrameBatch()
  for (let length = 0; length <= frames[0].length; length++) {
    batch.begin(new ChunkReader('memory', frames[0].slice(0, length)), LinkType.ETHERNET)
    batch.add(0, length, length, 0)
    readAhead.read(batch)
  }
  expect(records.words.every((word) => word === 0)).toBe(true)
})
