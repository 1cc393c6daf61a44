import { listFlows } from '@picket/store'
import { json } from '@sveltejs/kit'
import { PAGE_ROWS } from '#lib/flows/flow-list.svelte.ts'
import { readFlowRequest } from '#lib/flows/request.ts'
import { refuseInvalid } from '#lib/server/refuse-invalid.ts'
import { database } from '#lib/server/services.ts'
import type { RequestHandler } from './$types'

/** One page of flows as filtered, from `cursor` on; the newest without one. */
export const GET: RequestHandler = async ({ url }) => {
  const { filter, sort } = readFlowRequest(url)
  const cursor = url.searchParams.get('cursor') ?? undefined
  return json(await refuseInvalid(listFlows(database(), filter, { cursor, limit: PAGE_ROWS, sort })))
}
