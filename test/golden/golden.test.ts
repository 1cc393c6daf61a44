import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { ndjson, sensorCommand } from '../support/sensor-command.ts'
import { cases } from './cases.ts'
import { meteredFlows, type ExpectedFlow } from './expectation.ts'

test('there are at least twelve recorded cases', () => {
  expect(cases.length).toBeGreaterThanOrEqual(12)
})

// Each test waits for a process of its own, so some run side by side.
describe.concurrent.each(cases)('$name', ({ capture, expected, findings, normal }) => {
  test('meters the flows that were expected', async () => {
    expect(existsSync(expected), 'no expectation yet: run npm run golden:update and read what it wrote').toBe(true)
    expect(await meteredFlows(capture)).toEqual(ndjson<ExpectedFlow>(readFileSync(expected, 'utf8')))
  })

  test('accounts for every packet of the capture', async () => {
    const { stdout } = await sensorCommand('meter', '--summary', capture)
    const [summary] = ndjson<{ packets: number; gaps: { packets: number }[]; error?: string }>(stdout)
    const flows = ndjson<{ network: { packets: number } }>((await sensorCommand('meter', capture)).stdout)
    const inFlows = flows.reduce((sum, { network }) => sum + network.packets, 0)
    const inGaps = summary.gaps.reduce((sum, { packets }) => sum + packets, 0)
    expect(summary.error).toBeUndefined()
    expect(inFlows + inGaps).toBe(summary.packets)
  })

  test(normal ? 'gives no finding' : `finds ${findings.join(', ')} and nothing else`, async () => {
    const { stdout, code } = await sensorCommand('detect', capture)
    expect(code).toBe(0)
    expect([...new Set(ndjson<{ rule: { name: string } }>(stdout).map(({ rule }) => rule.name))]).toEqual(findings)
  })
})
