import { alertCounts, listAlerts } from '@picket/store'
import { ALERTS_DEPENDENCY, ALERTS_PAGE_ROWS } from '#lib/alerts/alert-list.svelte.ts'
import { parseAlertQuery, toAlertFilter } from '#lib/alerts/filter.ts'
import { database } from '#lib/server/services.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ url, depends }) => {
  depends(ALERTS_DEPENDENCY)
  const query = parseAlertQuery(url.searchParams)
  const [alerts, counts] = await Promise.all([
    listAlerts(database(), toAlertFilter(query), { limit: ALERTS_PAGE_ROWS }),
    alertCounts(database()),
  ])
  return { query, alerts, counts }
}
