import { listFindings, listSensors } from '@picket/store'
import type { Database } from '@picket/store'
import type { AlertDesk } from './alert-desk.ts'
import { toEvidence } from './finding-rule.ts'

/** How far back findings without an alert are looked for, and how old they must be not to be on their way still. */
const LOOK_BACK_MS = 86_400_000
const SETTLED_MS = 60_000
const MAX_FINDINGS = 1_000

/**
 * Findings are stored with their batch, alerts follow after. What a crash or a full desk lost between the two is a
 * stored finding that no alert counts: it is brought to the desk again.
 */
export async function recoverLostFindings(database: Database, desk: AlertDesk): Promise<void> {
  if (!desk.isIdle) return
  const now = Date.now()
  const range = { from: now - LOOK_BACK_MS, to: now - SETTLED_MS }
  const findings = await listFindings(database, { ...range, limit: MAX_FINDINGS })
  const lost = findings.filter((finding) => finding.alertId === null)
  if (lost.length === 0) return
  const offsets = new Map((await listSensors(database)).map((sensor) => [sensor.sensorId, sensor.clockOffsetUs ?? 0]))
  for (const { findingId: id, sensorId, hostname, ...finding } of lost) {
    const source = { sensorId, hostname, clockOffsetUs: offsets.get(sensorId) ?? 0 }
    const evidence = toEvidence(source, { ...finding, id })
    if (evidence !== undefined) desk.report(evidence)
  }
}
