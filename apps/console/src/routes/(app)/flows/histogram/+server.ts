import { flowHistogram } from '@picket/store'
import { json } from '@sveltejs/kit'
import { readFlowRequest } from '#lib/flows/request.ts'
import { database } from '#lib/server/services.ts'
import type { RequestHandler } from './$types'

const POINTS = 120

/** Flows over time as filtered, with the span it covers. */
export const GET: RequestHandler = async ({ url }) => {
  const { filter, range } = readFlowRequest(url)
  const histogram = await flowHistogram(database(), filter, POINTS)
  return json({ histogram, fromMs: range.fromMs, toMs: range.toMs })
}
