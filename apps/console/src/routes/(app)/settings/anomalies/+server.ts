import { anomalyThresholds } from '@picket/store'
import { error, json } from '@sveltejs/kit'
import { parseThresholdRequest } from '#lib/settings/threshold-request.ts'
import { database } from '#lib/server/services.ts'
import type { RequestHandler } from './$types'

/** What `aDay` anomalies a day, or the `threshold`, would have told of the last week, by interface; nothing is saved. */
export const GET: RequestHandler = async ({ url }) => {
  const request = parseThresholdRequest(url.searchParams)
  if (!request) error(400, 'aDay: 0 to 100000; threshold: 0.5 to 1')
  return json(await anomalyThresholds(database(), request))
}
