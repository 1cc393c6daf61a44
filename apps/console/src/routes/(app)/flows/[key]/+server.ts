import { getFlow } from '@picket/store'
import { error, json } from '@sveltejs/kit'
import { parseFlowKey } from '#lib/flows/request.ts'
import { database } from '#lib/server/services.ts'
import type { RequestHandler } from './$types'

/** One flow with its features, as JSON for the drawer. */
export const GET: RequestHandler = async ({ params }) => {
  const key = parseFlowKey(params.key)
  const flow = key && (await getFlow(database(), key))
  if (!flow) error(404, 'This flow is not in the store: it may be older than the retention')
  return json(flow)
}
