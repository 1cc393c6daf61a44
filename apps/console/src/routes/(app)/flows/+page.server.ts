import { flowHistogram, listFlows, listInterfaces } from '@picket/store'
import { PAGE_ROWS } from '#lib/flows/flow-list.svelte.ts'
import { readFlowRequest } from '#lib/flows/request.ts'
import { database } from '#lib/server/services.ts'
import type { PageServerLoad } from './$types'

const HISTOGRAM_POINTS = 120

export const load: PageServerLoad = async ({ url }) => {
  const { query, rejected, range, sort, filter } = readFlowRequest(url)
  const [page, histogram, interfaces] = await Promise.all([
    listFlows(database(), filter, { limit: PAGE_ROWS, sort }),
    flowHistogram(database(), filter, HISTOGRAM_POINTS),
    listInterfaces(database(), {}),
  ])
  return {
    query,
    rejected,
    range,
    sort,
    page,
    histogram,
    interfaces: interfaces.map(({ sensorId, interface: name }) => ({ sensorId, interface: name })),
  }
}
