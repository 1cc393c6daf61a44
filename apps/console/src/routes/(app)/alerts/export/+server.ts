import { exportAlerts } from '@picket/store'
import { alertCsvHead, alertCsvLine, toEcsAlert } from '#lib/export/alert.ts'
import { parseAlertQuery, toAlertFilter } from '#lib/alerts/filter.ts'
import { downloadResponse, rowStream } from '#lib/server/download.ts'
import { database } from '#lib/server/services.ts'
import type { RequestHandler } from './$types'

/** Every alert of the filter, not only the page shown. */
export const GET: RequestHandler = ({ url }) => {
  const rows = exportAlerts(database(), toAlertFilter(parseAlertQuery(url.searchParams)))
  if (url.searchParams.get('format') === 'ndjson') {
    return downloadResponse(
      rowStream(rows, (alert) => JSON.stringify(toEcsAlert(alert)) + '\n'),
      'alerts',
      'ndjson',
    )
  }
  return downloadResponse(rowStream(rows, alertCsvLine, alertCsvHead()), 'alerts', 'csv')
}
