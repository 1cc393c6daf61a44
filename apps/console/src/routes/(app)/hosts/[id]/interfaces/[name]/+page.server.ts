import { listFlows, listGaps, listInterfaces } from '@picket/store'
import { error } from '@sveltejs/kit'
import { database } from '#lib/server/services.ts'
import { parseTimeRange } from '#lib/time-range.ts'
import type { PageServerLoad } from './$types'

const FLOWS = 20
const GAPS = 50

export const load: PageServerLoad = async ({ params, url, depends }) => {
  depends('picket:host')
  const range = parseTimeRange(url)
  const request = { from: range.fromMs, to: range.toMs, sensorId: params.id }
  const db = database()
  const [interfaces, flows, gaps] = await Promise.all([
    listInterfaces(db, { sensorId: params.id }),
    listFlows(db, { ...request, interface: params.name }, { limit: FLOWS, sort: 'end' }),
    listGaps(db, { ...request, limit: GAPS }),
  ])
  const found = interfaces.find((one) => one.interface === params.name)
  if (!found) error(404, 'This host has no interface of this name.')
  return {
    interface: found,
    flows: flows.rows,
    gaps: gaps.filter((gap) => !gap.interface || gap.interface === params.name),
    range,
  }
}
