import { ndjson, sensorCommand } from '../support/sensor-command.ts'

/** The part of a `meter` line that an expectation keeps: everything but where the file lay. */
export type ExpectedFlow = Record<string, unknown>

/** Flows of a capture in a stable order (start, then end, then Community ID), rounded so that a float's last bit does not matter. */
export async function meteredFlows(capture: string): Promise<ExpectedFlow[]> {
  const { code, stdout, stderr } = await sensorCommand('meter', capture)
  if (code !== 0) throw new Error(`meter ${capture} exited ${code}: ${stderr}`)
  const flows = ndjson<ExpectedFlow & { log?: unknown }>(stdout).map(
    ({ log: _log, ...flow }) => rounded(flow) as ExpectedFlow,
  )
  return flows.sort((a, b) => (sortKey(a) < sortKey(b) ? -1 : 1))
}

function sortKey(flow: ExpectedFlow): string {
  const { event, network, source } = flow as Record<string, Record<string, unknown>>
  return [event?.start, event?.end, network?.community_id, source?.port].join(' ')
}

function rounded(value: unknown): unknown {
  if (typeof value === 'number') return Number(value.toPrecision(6))
  if (Array.isArray(value)) return value.map(rounded)
  if (value && typeof value === 'object') {
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, rounded(inner)]))
  }
  return value
}
