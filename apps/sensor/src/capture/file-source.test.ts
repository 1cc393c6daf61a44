import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync, zstdCompressSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { pcap, PcapngBuilder } from '../../test/capture-files.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { CaptureError } from './capture-error.ts'
import { FileSource } from './file-source.ts'

const T0 = 1_795_384_000_123_456
const octets = Uint8Array.from({ length: 61 }, (_, i) => i)

interface ReadFrame {
  timeUs: number
  linkType: number
  wireLength: number
  octets: number[]
}

interface ReadFile {
  frames: ReadFrame[]
  error: string | undefined
  message?: string
}

async function read(content: Uint8Array): Promise<ReadFile> {
  const path = join(temporaryFolder(), 'x.pcap')
  writeFileSync(path, content)
  const source = new FileSource({ path })
  const frames: ReadFrame[] = []
  try {
    await source.open()
    while (!source.ended) {
      source.read(({ bytes, offset, capturedLength, timeUs, linkType, wireLength }) => {
        frames.push({ timeUs, linkType, wireLength, octets: [...bytes.subarray(offset, offset + capturedLength)] })
      }, 100)
    }
    return { frames, error: source.error?.code, message: source.error?.message }
  } catch (error) {
    if (!(error instanceof CaptureError)) throw error
    return { frames, error: error.code }
  } finally {
    await source.close()
  }
}

describe('pcap', () => {
  test.each([
    { bigEndian: false, nanoseconds: false },
    { bigEndian: true, nanoseconds: false },
    { bigEndian: false, nanoseconds: true },
    { bigEndian: true, nanoseconds: true },
    { bigEndian: false, minor: 2 },
    { bigEndian: true, minor: 2 },
    { bigEndian: false, patched: true },
    { bigEndian: true, patched: true },
  ])('%o', async (options) => {
    const content = pcap(
      [
        { timeUs: T0, octets, wireLength: 900 },
        { timeUs: T0 + 1, octets },
      ],
      { linkType: 101, ...options },
    )
    const { frames, error } = await read(content)
    expect(error).toBeUndefined()
    expect(frames).toEqual([
      { timeUs: T0, linkType: 101, wireLength: 900, octets: [...octets] },
      { timeUs: T0 + 1, linkType: 101, wireLength: 61, octets: [...octets] },
    ])
  })

  test('longer record headers are not believed where the usual ones make sense, or nothing does', async () => {
    const frames = [0, 1, 2].map((after) => ({ timeUs: T0 + after, octets }))
    const damaged = pcap(frames, { patched: true })
    damaged.fill(0xff, 24 + 24 + octets.length, 24 + 24 + octets.length + 16)
    expect((await read(damaged)).error).toBe('capture-file-corrupt')
    expect((await read(pcap(frames.slice(0, 1)))).frames).toHaveLength(1)
    expect((await read(pcap(frames.slice(0, 2), { patched: true }))).frames).toHaveLength(2)
  })

  test('larger than one chunk, records across its edges', async () => {
    const large = new Uint8Array(1000)
    const frames = Array.from({ length: 3000 }, (_, i) => ({ timeUs: T0 + i, octets: large }))
    const { frames: found } = await read(pcap(frames))
    expect(found).toHaveLength(3000)
    expect(found.at(-1)?.timeUs).toBe(T0 + 2999)
  })
})

describe('compressed', () => {
  const content = pcap(Array.from({ length: 2000 }, (_, i) => ({ timeUs: T0 + i, octets })))

  test.each([
    ['gzip', gzipSync(content)],
    ['zstd', zstdCompressSync(content)],
  ])('%s', async (_name, compressed) => {
    const { frames, error } = await read(compressed)
    expect(error).toBeUndefined()
    expect(frames).toHaveLength(2000)
    const cut = await read(compressed.subarray(0, -20))
    expect(cut.error).toBe('capture-file-truncated')
  })
})

describe('damage is passed over', () => {
  const records = Array.from({ length: 5 }, (_, i) => ({ timeUs: T0 + i, octets }))
  const sizeOfRecord = 16 + octets.length

  test('in pcap, to the next record that makes sense', async () => {
    const content = Buffer.from(pcap(records))
    content.fill(0xff, 24 + sizeOfRecord, 24 + sizeOfRecord + 12)
    const { frames, message } = await read(content)
    expect(frames.map(({ timeUs }) => timeUs - T0)).toEqual([0, 2, 3, 4])
    expect(message).toContain(`octet ${24 + sizeOfRecord} `)
  })

  test.each([
    ['an impossible length', 4],
    ['an interface that is not described', 8],
  ])('in pcapng, to the next block: %s', async (_name, field) => {
    const head = new PcapngBuilder().interface(1)
    const start = head.build().length
    const content = Buffer.from(head.enhanced(0, 1n, octets).enhanced(0, 2n, octets).enhanced(0, 3n, octets).build())
    content.writeUInt32LE(77, start + field)
    const { frames, error } = await read(content)
    expect(frames.map(({ timeUs }) => timeUs)).toEqual([2, 3])
    expect(error).toBe('capture-file-corrupt')
  })
})

describe('pcapng', () => {
  test.each([{ bigEndian: false }, { bigEndian: true }])(
    'all packet blocks, interfaces and resolutions, %o',
    async (order) => {
      const content = new PcapngBuilder(order)
        .interface(1)
        .interface(101, { resolution: 9 })
        .interface(113, { resolution: 0x80 | 20 })
        .interface(1, { resolution: 3 })
        .block(0x0bad, Buffer.from('what nobody knows'))
        .enhanced(0, BigInt(T0), octets)
        .enhanced(1, BigInt(T0) * 1000n + 999n, octets)
        .enhanced(2, (BigInt(T0) << 20n) / 1_000_000n, octets)
        .obsolete(3, BigInt(T0) / 1000n, octets)
        .simple(octets)
        .section()
        .interface(276)
        .enhanced(0, 5n, octets)
        .build()
      const { frames, error } = await read(content)
      expect(error).toBeUndefined()
      expect(frames.map(({ linkType }) => linkType)).toEqual([1, 101, 113, 1, 1, 276])
      expect(frames.every((frame) => frame.octets.join() === octets.join())).toBe(true)
      const whole = Math.floor(T0 / 1000) * 1000
      expect(frames.map(({ timeUs }) => timeUs)).toEqual([T0, T0, expect.any(Number), whole, whole, 5])
      expect(Math.abs(frames[2].timeUs - T0)).toBeLessThanOrEqual(1)
    },
  )
})

describe('unsound files give a code and what was read before', () => {
  const twoFrames = pcap([
    { timeUs: T0, octets },
    { timeUs: T0, octets },
  ])
  const claim = Buffer.from(twoFrames)
  claim.writeUInt32LE(300_000, 24 + 16 + 61 + 8)
  const ng = new PcapngBuilder().interface(1).enhanced(0, 1n, octets).build()

  test.each([
    ['empty', Buffer.alloc(0), 0, 'capture-file-empty'],
    ['two octets', Buffer.from([0xd4, 0xc3]), 0, 'capture-file-format'],
    ['text', Buffer.from('not a capture at all'), 0, 'capture-file-format'],
    ['half a header', twoFrames.subarray(0, 20), 0, 'capture-file-truncated'],
    ['half a record header', twoFrames.subarray(0, 24 + 16 + 61 + 7), 1, 'capture-file-truncated'],
    ['half a record', twoFrames.subarray(0, -1), 1, 'capture-file-truncated'],
    ['an impossible length', claim, 1, 'capture-file-corrupt'],
    ['half a block', ng.subarray(0, -3), 0, 'capture-file-truncated'],
    ['a block without length', Buffer.concat([ng, Buffer.alloc(12)]), 1, 'capture-file-corrupt'],
    ['an undescribed interface', new PcapngBuilder().enhanced(0, 1n, octets).build(), 0, 'capture-file-corrupt'],
  ])('%s', async (_name, content, count, code) => {
    const { frames, error } = await read(content)
    expect(frames).toHaveLength(count)
    expect(error).toBe(code)
  })

  test('a file that is not there', async () => {
    const source = new FileSource({ path: join(temporaryFolder(), 'none.pcap') })
    await expect(source.open()).rejects.toMatchObject({ code: 'capture-file-unreadable', exitCode: 2 })
  })

  test('any damage at all is told or read over, never thrown', async () => {
    let seed = 7
    const random = (limit: number): number => (seed = (Math.imul(seed, 1_664_525) + 1_013_904_223) >>> 0) % limit
    for (let i = 0; i < 300; i++) {
      const content = Buffer.from(i % 2 === 0 ? twoFrames : ng)
      for (let damage = 0; damage < 3; damage++) content[random(content.length)] = random(256)
      const { frames } = await read(content.subarray(0, 1 + random(content.length)))
      expect(frames.length).toBeLessThanOrEqual(2)
    }
  })
})

test('a replay plays in packet time, so many times as fast, and ends at the present', async () => {
  const path = join(temporaryFolder(), 'x.pcap')
  const times = [0, 1_000_000, 4_000_000]
  writeFileSync(path, pcap(times.map((after) => ({ timeUs: T0 + after, octets }))))
  let nowUs = 2_000_000_000_000_000
  const startUs = nowUs
  const source = new FileSource({ path, replay: { speed: 2, nowUs: () => nowUs } })
  await source.open()
  const seen: number[] = []
  const poll = (): number => source.read(({ timeUs }) => seen.push(timeUs), 10)
  expect(poll()).toBe(1)
  nowUs += 400_000
  expect(poll()).toBe(0)
  nowUs += 100_000
  expect(poll()).toBe(1)
  expect(source.ended).toBe(false)
  nowUs += 1_500_000
  expect(poll()).toBe(1)
  poll()
  expect(source.ended).toBe(true)
  expect(seen).toEqual([startUs - 2_000_000, startUs - 1_000_000, startUs + 2_000_000])
  await source.close()
})
