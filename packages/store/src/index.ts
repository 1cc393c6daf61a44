export type * from './types.ts'
export { openDatabase } from './database.ts'
export type { Database, DatabaseOptions, Queryable, QueryResult } from './database.ts'
export { InvalidFilterError, isTransient, NewerDatabaseError } from './errors.ts'
export { migrate } from './migrate.ts'
export type { MigrationResult } from './migrate.ts'
export { commitBatch, cursorOf } from './ingest/commit-batch.ts'
export { ledger } from './ingest/ledger.ts'
export { DEFAULT_SETTINGS, settingsSchema } from './settings/settings-schema.ts'
export { getSettings, updateSettings } from './settings/settings.ts'
export { listAudit, recordAudit } from './settings/audit.ts'
export type { AuditFilter } from './settings/audit.ts'
export { consumeToken, createToken, listTokens, revokeToken } from './sensors/tokens.ts'
export {
  createSensor,
  getSensorForAuth,
  listSensors,
  removeSensor,
  renameSensor,
  setLabels,
} from './sensors/sensors.ts'
export { touchSensor } from './sensors/touch-sensor.ts'
export { getFlow, listFlows } from './flows/list-flows.ts'
export { exportFlows } from './flows/export-flows.ts'
export { flowHistogram } from './flows/flow-histogram.ts'
export { classShares } from './flows/class-shares.ts'
export { trainingFlows } from './flows/training-flows.ts'
export { toLiveFlow } from './flows/live-flow.ts'
export { formatAddress, formatMac } from './flows/format-address.ts'
