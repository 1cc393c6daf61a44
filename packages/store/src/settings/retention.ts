import type { Queryable } from '../database.ts'
import type { Settings } from '../types/settings.ts'

/** Tables and aggregates by the setting that says how long they are kept. */
const KEPT: Record<keyof Settings['retentionDays'], string[]> = {
  flows: ['flows'],
  interfaceSamples: ['interface_samples'],
  hostSamples: ['host_samples'],
  healthSamples: ['health_samples'],
  findings: ['findings'],
  coverageGaps: ['coverage_gaps'],
  minutes: ['interface_minutes', 'flow_minutes'],
  hours: ['interface_hours', 'flow_hours'],
}

/** Sets the retention jobs to the settings. */
export async function applyRetention(tx: Queryable, retentionDays: Settings['retentionDays']): Promise<void> {
  for (const [setting, relations] of Object.entries(KEPT)) {
    const days = retentionDays[setting as keyof Settings['retentionDays']]
    for (const relation of relations) {
      await tx.query('SELECT remove_retention_policy($1::regclass, if_exists => true)', [relation])
      await tx.query('SELECT add_retention_policy($1::regclass, make_interval(days => $2))', [relation, days])
    }
  }
}
