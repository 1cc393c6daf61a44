/** Names of the changes people and the system make, as the audit trail stores them. */
export const AUDIT_ACTIONS: Record<string, string> = {
  'alert.acknowledge': 'Acknowledged an alert',
  'alert.close': 'Closed an alert',
  'alert.reopen': 'Reopened an alert',
  'token.create': 'Created an enrolment token',
  'token.revoke': 'Revoked an enrolment token',
  'sensor.enrol': 'Enrolled a sensor',
  'sensor.describe': 'Named or labelled a sensor',
  'sensor.remove': 'Removed a sensor',
  'model.train': 'Started a training',
  'job.cancel': 'Cancelled a job',
  'settings.update': 'Changed settings',
}

export const auditTitle = (action: string): string => AUDIT_ACTIONS[action] ?? action

/** Detail of an entry in one line. */
export const auditDetail = (detail: Record<string, unknown>): string =>
  Object.entries(detail)
    .filter(([, value]) => value !== '')
    .map(([key, value]) => `${key}: ${written(value)}`)
    .join(', ')

function written(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(written).join(' ')
  if (typeof value !== 'object') return String(value)
  const entries = Object.entries(value)
  return entries.length === 0 ? 'none' : entries.map(([key, each]) => `${key}=${written(each)}`).join(' ')
}
