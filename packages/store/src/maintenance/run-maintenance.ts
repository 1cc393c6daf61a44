import type { Database } from '../database.ts'

/** What one round of maintenance did. */
export interface MaintenanceResult {
  /** Tasks that ran, e.g. `retention flows`, and how long each took. */
  ran: { task: string; ms: number }[]
  /** Tasks that failed, with the reason; they are tried again in the next round. */
  failed: { task: string; error: string }[]
}

interface DueTask {
  task: string
  statement: string
}

/**
 * Keeps the database in shape: refreshes aggregates, compresses, forgets what is past its retention, vacuums the small
 * tables that change all the time, and gives the planner statistics. Each task runs when it is due and in a statement of
 * its own. On a server the background workers do the first three, so here they are never due; the embedded engine has no
 * workers, there this is all there is. Call it about once a minute.
 */
export async function runMaintenance(db: Database): Promise<MaintenanceResult> {
  const result: MaintenanceResult = { ran: [], failed: [] }
  const due = [...(await duePolicies(db)), ...(await dueUpkeep(db))]
  for (const { task, statement } of due) {
    const started = performance.now()
    try {
      await db.query(statement)
      await db.query(
        'INSERT INTO maintenance_runs (task, last_run) VALUES ($1, now()) ON CONFLICT (task) DO UPDATE SET last_run = now()',
        [task],
      )
      result.ran.push({ task, ms: Math.round(performance.now() - started) })
    } catch (error) {
      result.failed.push({ task, error: (error as Error).message })
    }
  }
  return result
}

/**
 * Policies neither a background worker nor we have run within their interval. `CALL run_job` does not count as a run in
 * the job statistics, so ours are noted apart.
 */
async function duePolicies(db: Database): Promise<DueTask[]> {
  const { rows } = await db.query<{ id: number; task: string }>(
    `SELECT j.job_id AS id, replace(j.proc_name, 'policy_', '') || ' ' ||
       coalesce(c.view_name, j.hypertable_name, j.job_id::text) AS task
     FROM timescaledb_information.jobs j
     LEFT JOIN timescaledb_information.job_stats t ON t.job_id = j.job_id
     LEFT JOIN timescaledb_information.continuous_aggregates c ON c.materialization_hypertable_name = j.hypertable_name
     LEFT JOIN maintenance_runs m ON m.task = replace(j.proc_name, 'policy_', '') || ' ' ||
       coalesce(c.view_name, j.hypertable_name, j.job_id::text)
     WHERE j.proc_name IN ('policy_refresh_continuous_aggregate', 'policy_compression', 'policy_retention')
       AND j.scheduled
       AND greatest(m.last_run, CASE WHEN t.last_run_started_at > '-infinity' THEN t.last_run_started_at END, '-infinity')
         <= now() - least(j.schedule_interval, interval '1 hour') + interval '5 seconds'
     ORDER BY array_position(ARRAY['policy_refresh_continuous_aggregate', 'policy_compression', 'policy_retention'], j.proc_name::text),
       j.job_id`,
  )
  return rows.map(({ id, task }) => ({ task, statement: `CALL run_job(${Number(id)})` }))
}

/** Statements on fixed tables, each with how often it is due, in minutes. */
const UPKEEP: { task: string; everyMinutes: number; statement: string }[] = [
  // Rows that are updated with every batch and heartbeat; a server's autovacuum sees to them as well.
  { task: 'vacuum books', everyMinutes: 5, statement: 'VACUUM sensor_ledgers, stream_cursors, sensors' },
  { task: 'vacuum alerts', everyMinutes: 30, statement: 'VACUUM (ANALYZE) alerts, interfaces, jobs, flow_terms' },
  { task: 'analyze flows', everyMinutes: 15, statement: 'ANALYZE flows' },
  { task: 'analyze samples', everyMinutes: 30, statement: 'ANALYZE interface_samples, host_samples' },
  {
    task: 'forget terms',
    everyMinutes: 60,
    statement: `DELETE FROM flow_terms WHERE last_seen < now() - interval '1 day' - (
      SELECT make_interval(days => coalesce((patch #>> '{retentionDays,flows}')::int, 30)) FROM settings)`,
  },
  {
    task: 'forget job lines',
    everyMinutes: 60,
    statement: `DELETE FROM jobs WHERE created_at < now() - interval '365 days'`,
  },
  {
    task: 'forget tokens',
    everyMinutes: 60,
    statement: `DELETE FROM enrolment_tokens WHERE used_at IS NULL AND expires_at < now() - interval '30 days'`,
  },
]

async function dueUpkeep(db: Database): Promise<DueTask[]> {
  const { rows } = await db.query<{ task: string; minutes: number }>(
    `SELECT task, extract(epoch FROM now() - last_run) / 60 AS minutes FROM maintenance_runs`,
  )
  const since = new Map(rows.map((row) => [row.task, row.minutes]))
  return UPKEEP.filter(({ task, everyMinutes }) => (since.get(task) ?? Infinity) >= everyMinutes)
}
