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

/**
 * Aggregates by the setting that keeps what they are made of. A refresh must look back exactly that far: further, and
 * it would erase what the rows were already forgotten of; less, and late records would never be counted.
 */
const REFRESHED: Partial<Record<keyof Settings['retentionDays'], { view: string; end: string; every: string }[]>> = {
  flows: [{ view: 'flow_minutes', end: '1 minute', every: '1 minute' }],
  interfaceSamples: [{ view: 'interface_minutes', end: '1 minute', every: '1 minute' }],
  minutes: [
    { view: 'flow_hours', end: '1 hour', every: '30 minutes' },
    { view: 'interface_hours', end: '1 hour', every: '30 minutes' },
  ],
}

/** Sets the retention jobs, and how far the refreshing ones look back, to the settings. */
export async function applyRetention(tx: Queryable, retentionDays: Settings['retentionDays']): Promise<void> {
  for (const setting of Object.keys(KEPT) as (keyof Settings['retentionDays'])[]) {
    const days = retentionDays[setting]
    for (const relation of KEPT[setting]) {
      await tx.query('SELECT remove_retention_policy($1::regclass, if_exists => true)', [relation])
      await tx.query('SELECT add_retention_policy($1::regclass, make_interval(days => $2))', [relation, days])
    }
    for (const { view, end, every } of REFRESHED[setting] ?? []) {
      await tx.query('SELECT remove_continuous_aggregate_policy($1::regclass, if_exists => true)', [view])
      await tx.query(
        `SELECT add_continuous_aggregate_policy($1::regclass, make_interval(days => $2), $3::interval, $4::interval,
           buckets_per_batch => 0)`,
        [view, days, end, every],
      )
    }
  }
}
