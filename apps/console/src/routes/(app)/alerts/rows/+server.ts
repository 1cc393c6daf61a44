import { listAlerts } from '@picket/store'
import { json } from '@sveltejs/kit'
import { ALERTS_PAGE_ROWS } from '#lib/alerts/alert-list.svelte.ts'
import { parseAlertQuery, toAlertFilter } from '#lib/alerts/filter.ts'
import { refuseInvalid } from '#lib/server/refuse-invalid.ts'
import { database } from '#lib/server/services.ts'
import type { RequestHandler } from './$types'

/** One page of alerts as filtered, from `cursor` on. */
export const GET: RequestHandler = async ({ url }) => {
  const cursor = url.searchParams.get('cursor') ?? undefined
  const filter = toAlertFilter(parseAlertQuery(url.searchParams))
  return json(await refuseInvalid(listAlerts(database(), filter, { cursor, limit: ALERTS_PAGE_ROWS })))
}
