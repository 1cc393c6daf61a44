import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Flow } from '@picket/proto'
import { expect, test } from 'vitest'
import { flowOf } from '../../test/flows.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { ContextMemory } from './context-memory.ts'

const FILE = 'context-memory.bin'

/** An hour of one client that asks ten servers, not by the clock, then goes on with the last of them. */
function office(from: number, count: number): Flow[] {
  return Array.from({ length: count }, (_, i) => {
    const atSeconds = from + i + ((i * 0.618_033_988_75) % 1)
    return flowOf({ to: `198.51.100.${1 + (i % 10)}`, port: 443, atSeconds, outcome: 'served' })
  })
}

/** A folder in which an hour was learned, and what comes next there, scored by whoever learned it. */
async function learn(folder: string): Promise<number[]> {
  const memory = await load(folder, [])
  memory.context.score(office(0, 3600))
  await memory.start()
  await memory.stop()
  return anomalies(memory)
}

const load = (folder: string, refused: string[]): Promise<ContextMemory> =>
  ContextMemory.load({
    folder,
    onRefused: (file, error) => refused.push(`${file}: ${(error as Error).message}`),
    onFailure: (error) => {
      throw error
    },
  })

/** Of the same flows, and of one to where nobody ever went. */
function anomalies({ context }: ContextMemory): number[] {
  const flows = [...office(3600, 30), flowOf({ to: '203.0.113.9', port: 4444, atSeconds: 3640, outcome: 'served' })]
  context.score(flows)
  return flows.map((flow) => flow.anomalyParts?.context ?? NaN)
}

test('a sensor that was started anew finds the same flows as unusual as one that went on', async () => {
  const folder = temporaryFolder()
  const expected = await learn(folder)
  const again = anomalies(await load(folder, []))
  again.forEach((anomaly, i) => expect(anomaly).toBeCloseTo(expected[i], 3))
  expect(again.at(-1)).toBeGreaterThan(0.9)
  expect(statSync(join(folder, FILE)).size).toBeLessThan(2 ** 21)
})

test('what is damaged, cut or of another version is refused, told, and learned anew', async () => {
  const folder = temporaryFolder()
  await learn(folder)
  const whole = readFileSync(join(folder, FILE))
  const refused: string[] = []
  const tryWith = async (content: Uint8Array) => {
    writeFileSync(join(folder, FILE), content)
    const [usual] = anomalies(await load(folder, refused))
    expect(usual).toBeLessThan(0.9)
  }
  const altered = Buffer.from(whole)
  altered[whole.length >> 1] ^= 1
  await tryWith(altered)
  await tryWith(whole.subarray(0, whole.length - 1))
  await tryWith(whole.subarray(0, 5))
  const newer = Buffer.from(whole)
  newer[4]++
  await tryWith(newer)
  await tryWith(new Uint8Array(9 * 2 ** 20))
  expect(refused).toEqual([
    `${FILE}: the checksum does not match`,
    `${FILE}: the checksum does not match`,
    `${FILE}: not a file of the context`,
    `${FILE}: version 3 in place of 2`,
    `${FILE}: 9437184 octets, more than the 8388608 it may have`,
  ])
})

test('without a file there is nothing to tell', async () => {
  const refused: string[] = []
  await load(temporaryFolder(), refused)
  expect(refused).toEqual([])
})
