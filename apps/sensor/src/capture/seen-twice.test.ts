import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { whyNoNamespaces } from '../../test/network-namespace.ts'
import { Frame } from './frame.ts'
import { listInterfaces } from './interfaces.ts'
import { packetFilter } from './packet-filter.ts'
import { RingSource } from './ring-source.ts'
import { SeenTwice } from './seen-twice.ts'

const frameAt = (timeUs: number, wireLength: number): Frame => Object.assign(new Frame(), { timeUs, wireLength })

test('as many of one time and length are passed over as the other ring had, until the other was shut', () => {
  const both = new SeenTwice()
  const handed: string[] = []
  const hand = (frame: Frame) => void handed.push(`${frame.timeUs - now} ${frame.wireLength}`)
  const now = Date.now() * 1000
  both.begin()
  both.end()
  const old = both.note(hand)
  for (const [at, length] of [
    [-900_000, 60],
    [0, 60],
    [0, 60],
    [1, 70],
  ])
    old(frameAt(now + at, length))
  const next = both.passOver(hand)
  handed.length = 0
  for (const [at, length] of [
    [-900_000, 60],
    [0, 60],
    [0, 60],
    [0, 60],
    [1, 71],
    [1, 70],
    [2, 60],
  ])
    next(frameAt(now + at, length))
  expect(handed).toEqual(['-900000 60', '0 60', '1 71', '2 60'])
  expect(both.isOver).toBe(false)
  next(frameAt(now + 10_000_000, 60))
  expect(both.isOver).toBe(true)
})

const RING = fileURLToPath(new URL('../../native/build/Release/ring.node', import.meta.url))
const reason = whyNoNamespaces() ?? (existsSync(RING) ? undefined : 'the addon is not built')
if (reason) console.log(`skipped: two rings over one interface: ${reason}`)

test.skipIf(reason)('two rings over one interface give a packet the same time', async () => {
  const socket = createSocket('udp4')
  onTestFinished(() => void socket.close())
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  const link = listInterfaces().find(({ isLoopback }) => isLoopback)
  if (!link) throw new Error('there is no loopback')
  const filter = packetFilter(`udp port ${port}`).programFor(link.isEthernet)
  const rings = [1, 2].map(() => new RingSource({ interface: link, blocks: 8, filter }))
  onTestFinished(async () => void (await Promise.all(rings.map((ring) => ring.close()))))
  for (const ring of rings) await ring.open()
  for (let i = 0; i < 200; i++) socket.send(Buffer.alloc(i), port, '127.0.0.1')
  const seen = rings.map((): string[] => [])
  await eventually('the packets', () => {
    rings.forEach((ring, i) => ring.read((frame) => seen[i].push(`${frame.timeUs} ${frame.wireLength}`), Infinity))
    return seen.every(({ length }) => length === 200)
  })
  expect(seen[0]).toEqual(seen[1])
})
