import type { Flow } from '@picket/proto'
import { beforeEach, expect, test } from 'vitest'
import { flowOf, type FlowFields } from '../../test/flows.ts'
import { CONTEXT_COUNT, CONTEXT_FEATURES } from './context-features.ts'
import { ContextScorer } from './context-scorer.ts'

/** Ten clients that ask twenty servers, one flow a second and not by the clock, for an hour: the same ones always. */
function office(): Flow[] {
  return Array.from({ length: 3600 }, (_, second) => {
    const chance = (second * 0.618_033_988_75) % 1
    return flowOf({
      from: `192.0.2.${1 + (second % 10)}`,
      to: `198.51.100.${1 + Math.floor(20 * chance ** 2)}`,
      port: chance < 0.8 ? 443 : 53,
      atSeconds: second + chance * 40,
      outcome: 'served',
    })
  })
}

const AFTER = 3700
let context: ContextScorer

beforeEach(() => {
  context = new ContextScorer()
})

/** The highest context anomaly among flows that come after the office's, and the row it was told by. */
function highest(flows: Flow[]): { anomaly: number; feature: (name: string) => number } {
  const { rows } = context.score(flows)
  const anomalies = flows.map((flow) => flow.anomalyParts?.context ?? 0)
  const anomaly = Math.max(...anomalies)
  const at = anomalies.indexOf(anomaly) * CONTEXT_COUNT
  return { anomaly, feature: (name) => rows[at + CONTEXT_FEATURES.findIndex((feature) => feature.name === name)] }
}

const after = (count: number, fields: (i: number) => FlowFields): Flow[] =>
  Array.from({ length: count }, (_, i) => flowOf({ outcome: 'served', atSeconds: AFTER + i / 10, ...fields(i) }))

test('one more flow of what everybody does is usual', () => {
  context.score(office())
  expect(highest(after(20, (i) => ({ to: '198.51.100.2', port: 443, atSeconds: AFTER + 7 * i }))).anomaly).toBeLessThan(
    0.9,
  )
})

test('a source that reaches out to many hosts, or to many ports, stands out', () => {
  context.score(office())
  const hosts = highest(after(300, (i) => ({ to: `203.0.113.${i % 250}`, port: 443 })))
  expect(hosts.anomaly).toBeGreaterThan(0.99)
  expect(hosts.feature('context_source_destinations_count')).toBeGreaterThan(150)
  const ports = highest(after(300, (i) => ({ from: '192.0.2.77', to: '198.51.100.1', port: 1000 + i })))
  expect(ports.anomaly).toBeGreaterThan(0.99)
  expect(ports.feature('context_source_ports_count')).toBeGreaterThan(150)
})

test('a source far above its own history stands out, one that always was as busy does not', () => {
  context.score(office())
  const burst = highest(after(400, () => ({ to: '198.51.100.1', port: 443 })))
  expect(burst.anomaly).toBeGreaterThan(0.97)
  expect(burst.feature('context_source_rate_ratio')).toBeGreaterThan(20)
  const busy = new ContextScorer()
  busy.score(after(7200, (i) => ({ to: '198.51.100.1', port: 443, atSeconds: i / 6 })))
  const [last] = after(1, () => ({ to: '198.51.100.1', port: 443, atSeconds: 1200 }))
  busy.score([last])
  expect(last.anomalyParts?.context).toBeLessThan(0.9)
})

test('a host that calls home by the clock stands out after some calls', () => {
  context.score(office())
  const beacon = highest(
    after(40, (i) => ({ from: '192.0.2.3', to: '203.0.113.9', port: 8443, atSeconds: AFTER + 60 * i })),
  )
  expect(beacon.anomaly).toBeGreaterThan(0.99)
  expect(beacon.feature('context_pair_variation_ratio')).toBeLessThan(0.05)
})

test('a host that tries a server in vain again and again stands out; that a server is away for a moment, or is served, does not', () => {
  context.score(office())
  const calls = (outcome: FlowFields['outcome'], count: number) =>
    after(count, (i) => ({
      from: '192.0.2.3',
      to: '198.51.100.4',
      port: 443,
      outcome,
      atSeconds: AFTER + 21 * i + (i % 4),
    }))
  expect(highest(calls('served', 40)).feature('context_pair_failures_count')).toBe(0)
  expect(highest(calls('ignored', 2)).anomaly).toBeLessThan(0.95)
  for (const outcome of ['ignored', 'refused'] as const) {
    const vain = highest(calls(outcome, 40))
    expect(vain.anomaly).toBeGreaterThan(0.97)
    expect(vain.feature('context_pair_failures_count')).toBeGreaterThan(15)
  }
})

test('records that go on and frames without IP have no context, and the same flows always the same', () => {
  const flows = office()
  flows[5].continued = true
  flows[6].sourceAddress = new Uint8Array()
  const { rows } = context.score(flows)
  expect(flows[5].anomalyParts?.context).toBeUndefined()
  expect(rows.subarray(6 * CONTEXT_COUNT, 7 * CONTEXT_COUNT).every(Number.isNaN)).toBe(true)
  const again = new ContextScorer()
  const parts = [flows.slice(0, 1000), flows.slice(1000)].flatMap((part) => [...again.score(part).rows])
  expect(parts).toEqual([...rows])
})

test('memory is bounded: many sources push out the oldest, counted', () => {
  for (let block = 0; block < 10; block++)
    context.score(after(500, (i) => ({ from: `10.${block}.${i >> 8}.${i & 255}`, atSeconds: block })))
  expect(context.evictions).toBeGreaterThan(2900)
})
