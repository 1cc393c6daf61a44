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
  adoptCertificate,
  getSensorForAuth,
  prepareCertificate,
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
export { countFlows, flowSpan } from './flows/flow-span.ts'
export { trainingFlows } from './flows/training-flows.ts'
export { anomalyThresholds } from './flows/anomaly-threshold.ts'
export { toLiveFlow } from './flows/live-flow.ts'
export { formatAddress, formatMac } from './flows/format-address.ts'
export { getHost, listHosts } from './fleet/hosts.ts'
export { listInterfaces } from './fleet/interfaces.ts'
export { interfaceSeries } from './fleet/interface-series.ts'
export { hostSeries, latestHostSample } from './fleet/host-samples.ts'
export { healthSeries, latestHealth } from './fleet/health.ts'
export { gapTotals, listGaps } from './fleet/gaps.ts'
export { overview } from './fleet/overview.ts'
export { topTalkers } from './fleet/top-talkers.ts'
export { countEvidence, openOrUpdateAlert } from './alerts/open-or-update-alert.ts'
export { acknowledgeAlert, closeAlert, reopenAlert } from './alerts/change-alert.ts'
export { alertCounts, exportAlerts, getAlert, listAlerts } from './alerts/alert-lists.ts'
export { listFindings, recordFinding } from './alerts/findings.ts'
export {
  getModel,
  listModels,
  listModelStatus,
  recordModelStatus,
  recordModelSupport,
  registerModel,
  setModelState,
} from './models/models.ts'
export { fitPairs, listFitness, recordFitness, type FitPair } from './models/fitness.ts'
export { createRollout, listRollouts } from './models/rollouts.ts'
export { createJob, getJob, listJobs, updateJob } from './models/jobs.ts'
export { runMaintenance } from './maintenance/run-maintenance.ts'
export type { MaintenanceResult } from './maintenance/run-maintenance.ts'
