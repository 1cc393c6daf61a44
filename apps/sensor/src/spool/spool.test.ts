import { fork } from 'node:child_process'
import { appendFileSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { CoverageGap } from '@picket/proto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { Telemetry } from '../telemetry.ts'
import { recordHeaderBytes } from './record.ts'
import { SpoolReader } from './spool-reader.ts'
import { Spool, type SpoolOptions } from './spool.ts'

const payload = (text: string, length = 100) => Buffer.alloc(length, text)

function openSpool(folder: string, options: Partial<SpoolOptions> = {}) {
  const gaps: CoverageGap[] = []
  const telemetry = new Telemetry()
  const storage: string[] = []
  const spool = new Spool({
    folder,
    limitBytes: 2 ** 20,
    nowUs: () => Date.now() * 1000,
    telemetry,
    onGap: (gap) => gaps.push(gap),
    onStorage: (kind) => storage.push(kind),
    ...options,
  })
  return { spool, gaps, telemetry, storage }
}

function readAll(spool: Spool): string[] {
  const reader = new SpoolReader(spool)
  const found: string[] = []
  for (let batch = reader.next(); batch; batch = reader.next()) {
    found.push(`${batch.sequence}:${Buffer.from(batch.payload).toString('utf8', 0, 1)}`)
  }
  return found
}

const segmentFiles = (folder: string) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.segment'))
    .sort()

describe('spool', () => {
  test('gives back what waits, oldest first, and forgets what is acknowledged', async () => {
    const folder = temporaryFolder()
    const { spool, telemetry } = openSpool(folder)
    for (const text of ['a', 'b', 'c']) spool.append(payload(text), 10)
    spool.acknowledge(spool.epoch, 1)
    expect(readAll(spool)).toEqual(['2:b', '3:c'])
    expect(telemetry.get('spoolBatches')).toBe(2)
    expect(telemetry.get('spoolBytes')).toBe(2 * (recordHeaderBytes + 100))
    spool.acknowledge(spool.epoch, 3)
    await spool.stop()
    expect(segmentFiles(folder)).toEqual([])
  })

  test('a reader goes on with what is appended while it reads', () => {
    const { spool } = openSpool(temporaryFolder(), { segmentBytes: 300 })
    const reader = new SpoolReader(spool)
    const sequences: (number | undefined)[] = []
    for (let index = 0; index < 10; index++) {
      spool.append(payload('x'), 1)
      sequences.push(reader.next()?.sequence)
      if (index % 3 === 2) spool.acknowledge(spool.epoch, index + 1)
    }
    expect(sequences).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    expect(reader.next()).toBeUndefined()
  })

  test('keeps what waits over a restart, in a new epoch that comes after', async () => {
    const folder = temporaryFolder()
    const first = openSpool(folder)
    for (const text of ['a', 'b']) first.spool.append(payload(text), 1)
    first.spool.acknowledge(first.spool.epoch, 1)
    await first.spool.stop()
    const second = openSpool(folder, { nowUs: () => 1 })
    second.spool.append(payload('c'), 1)
    expect(second.spool.epoch).toBeGreaterThan(first.spool.epoch)
    expect(readAll(second.spool)).toEqual(['2:b', '1:c'])
    second.spool.acknowledge(first.spool.epoch, 2)
    expect(readAll(second.spool)).toEqual(['1:c'])
  })

  test('when full, discards the oldest segments and says what was in them', () => {
    const { spool, gaps, telemetry } = openSpool(temporaryFolder(), { limitBytes: 64 * 1024 })
    for (let index = 0; index < 100; index++) spool.append(payload('x', 1000), 7)
    const kept = readAll(spool)
    const discarded = gaps.reduce((sum, gap) => sum + gap.flows, 0)
    expect(gaps.every((gap) => gap.source === 'spool' && gap.cause === 'spool-full')).toBe(true)
    expect(kept.at(-1)).toBe('100:x')
    expect(kept.length * 7 + discarded).toBe(700)
    expect(telemetry.get('flowsDiscarded')).toBe(discarded)
    expect(telemetry.get('spoolBytes')).toBeLessThanOrEqual(64 * 1024)
  })

  test('discards what no stream has before what may be stored already', () => {
    const { spool, gaps } = openSpool(temporaryFolder(), { limitBytes: 64 * 1024 })
    spool.append(payload('first', 1000), 1)
    new SpoolReader(spool).next()
    for (let index = 0; index < 100; index++) spool.append(payload('x', 1000), 1)
    expect(gaps.length).toBeGreaterThan(0)
    expect(readAll(spool)[0]).toBe('1:f')
  })

  test('a rejected batch becomes a gap and is not given out again', () => {
    const { spool, gaps } = openSpool(temporaryFolder())
    for (const text of ['a', 'b', 'c']) spool.append(payload(text), 5)
    expect(spool.reject(spool.epoch, 2)).toMatchObject({ sequence: 2, flows: 5 })
    expect(spool.reject(spool.epoch, 2)).toBeUndefined()
    expect(readAll(spool)).toEqual(['1:a', '3:c'])
    expect(gaps).toMatchObject([{ source: 'ingest', cause: 'rejected', flows: 5 }])
  })
})

describe('damaged segments', () => {
  async function fill(folder: string): Promise<string> {
    const { spool } = openSpool(folder)
    for (const text of ['a', 'b', 'c']) spool.append(payload(text), 3)
    await spool.stop()
    return join(folder, segmentFiles(folder)[0] ?? '')
  }

  test('a torn tail is cut off and counted', async () => {
    const folder = temporaryFolder()
    const file = await fill(folder)
    truncateSync(file, 2 * (recordHeaderBytes + 100) + 50)
    const { spool, gaps, telemetry } = openSpool(folder)
    expect(readAll(spool)).toEqual(['1:a', '2:b'])
    expect(gaps).toMatchObject([{ source: 'spool', cause: 'spool-corrupt', flows: 3 }])
    expect(telemetry.get('recordsCorrupt')).toBe(1)
  })

  test('a record with altered bytes costs only itself', async () => {
    const folder = temporaryFolder()
    const file = await fill(folder)
    const bytes = readFileSync(file)
    bytes[recordHeaderBytes + 100 + recordHeaderBytes + 5] = 0
    writeFileSync(file, bytes)
    const { spool, gaps } = openSpool(folder)
    expect(readAll(spool)).toEqual(['1:a', '3:c'])
    expect(gaps).toMatchObject([{ cause: 'spool-corrupt', flows: 3 }])
    await spool.stop()
    const again = openSpool(folder)
    expect(again.gaps).toEqual([])
    expect(readAll(again.spool)).toEqual(['1:a', '3:c'])
  })

  test('bytes that are no record end the segment', async () => {
    const folder = temporaryFolder()
    appendFileSync(await fill(folder), Buffer.alloc(500, 7))
    const { spool, gaps } = openSpool(folder)
    expect(readAll(spool)).toEqual(['1:a', '2:b', '3:c'])
    expect(gaps).toMatchObject([{ cause: 'spool-corrupt', flows: 0 }])
  })
})

describe('a disk that takes nothing', () => {
  test('records go to memory with a bound of its own, and to disk again later', () => {
    const folder = join(temporaryFolder(), 'spool')
    const { spool, gaps, storage, telemetry } = openSpool(folder, { memoryLimitBytes: 16 * 1024, diskRetryMs: 0 })
    rmSync(folder, { recursive: true })
    writeFileSync(folder, 'a file where the folder should be')
    for (let index = 0; index < 40; index++) spool.append(payload('m', 1000), 2)
    expect(storage).toEqual(['memory'])
    expect(gaps[0]).toMatchObject({ source: 'spool', cause: 'spool-unwritable', flows: 0 })
    const lost = gaps.reduce((sum, gap) => sum + gap.flows, 0)
    expect(readAll(spool).length * 2 + lost).toBe(80)
    rmSync(folder)
    spool.append(payload('d'), 2)
    expect(storage).toEqual(['memory', 'disk'])
    expect(readAll(spool).at(-1)).toBe('41:d')
    expect(telemetry.get('spoolFailures')).toBeGreaterThan(0)
  })
})

describe('kill -9', () => {
  test('costs nothing that append had returned for', async () => {
    const folder = temporaryFolder()
    const child = fork(join(import.meta.dirname, '../../test/spool-writer.ts'), [folder])
    onTestFinished(() => void child.kill('SIGKILL'))
    let last = 0
    child.on('message', (sequence: number) => (last = sequence))
    await eventually('500 batches', () => last >= 500)
    child.kill('SIGKILL')
    await eventually('the end of the writer', () => child.signalCode !== null)
    const { spool } = openSpool(folder, { limitBytes: 64 * 2 ** 20 })
    const sequences = readAll(spool).map((text) => Number.parseInt(text, 10))
    expect(sequences.length).toBeGreaterThanOrEqual(last)
    expect(sequences).toEqual(sequences.map((_, index) => index + 1))
  })
})
