import { zstdDecompressSync } from 'node:zlib'
import { Flow, HostSample, Records } from '@picket/proto'
import { describe, expect, test } from 'vitest'
import { Telemetry } from '../telemetry.ts'
import { Batcher } from './batcher.ts'

function openBatcher(maxFlows = 5000) {
  const batches: { records: Records; flows: number }[] = []
  const telemetry = new Telemetry()
  const append = (payload: Uint8Array, flows: number) =>
    batches.push({ records: Records.decode(zstdDecompressSync(payload)), flows })
  const batcher = new Batcher({ append, telemetry, nowUs: () => 1_700_000_000_000_000, maxFlows })
  return { batcher, batches, telemetry }
}

const flows = (count: number) => Array.from({ length: count }, (_, index) => Flow.create({ sourcePort: index }))

describe('batcher', () => {
  test('cuts whatever waits, and nothing when nothing waits', () => {
    const { batcher, batches } = openBatcher()
    batcher.flush()
    batcher.add({ flows: flows(2), hostSamples: [HostSample.create({ load1m: 0.5 })] })
    batcher.flush()
    batcher.flush()
    expect(batches).toHaveLength(1)
    expect(batches[0]?.records.flows).toHaveLength(2)
    expect(batches[0]?.records.hostSamples[0]?.load1m).toBe(0.5)
  })

  test('cuts a full batch at once and loses nothing of a burst', async () => {
    const { batcher, batches, telemetry } = openBatcher(10)
    batcher.add({ flows: flows(35) })
    expect(batches.map((batch) => batch.flows)).toEqual([10, 10, 10])
    await batcher.stop()
    const ports = batches.flatMap((batch) => batch.records.flows.map((flow) => flow.sourcePort))
    expect(ports).toEqual(Array.from({ length: 35 }, (_, index) => index))
    expect(telemetry.get('flowsBatched')).toBe(35)
  })

  test('a flow that cannot be encoded costs itself alone, as a gap', () => {
    const { batcher, batches } = openBatcher()
    batcher.add({ flows: [...flows(2), Flow.create({ sourcePort: -1.5 })] })
    batcher.flush()
    expect(batches[0]?.records.flows).toHaveLength(2)
    expect(batches[0]?.records.coverageGaps).toMatchObject([{ source: 'spool', cause: 'invalid', flows: 1 }])
  })
})
