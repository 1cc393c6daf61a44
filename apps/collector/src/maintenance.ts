import { runMaintenance } from '@picket/store'
import type { Database } from '@picket/store'
import type { Logger, Telemetry } from './telemetry.ts'

/** One round of the store's maintenance; what failed is logged and tried again in the next round. */
export async function maintain(database: Database, logger: Logger): Promise<void> {
  const { ran, failed } = await runMaintenance(database)
  if (failed.length > 0) logger.warn({ failed }, 'maintenance failed in part')
  if (ran.length > 0) logger.debug({ ran }, 'maintenance')
}

/** All counters so far, one log line. */
export async function logCounters(telemetry: Telemetry, logger: Logger): Promise<void> {
  logger.info(telemetry.snapshot(), 'counters')
}
