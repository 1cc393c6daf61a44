import { exportFlows } from '@picket/store'
import { error } from '@sveltejs/kit'
import { flowCsvHead, flowCsvLine } from '#lib/export/flow-csv.ts'
import { toEcsFlow } from '#lib/export/flow-ecs.ts'
import { readFlowRequest } from '#lib/flows/request.ts'
import { downloadResponse, rowStream } from '#lib/server/download.ts'
import { database } from '#lib/server/services.ts'
import type { RequestHandler } from './$types'

/** Every flow of the filter and range, not only the page shown. */
export const GET: RequestHandler = ({ url }) => {
  const { filter, rejected } = readFlowRequest(url)
  if (rejected.length > 0) error(400, `The filter ${rejected[0]?.key} has a value it cannot take`)
  const rows = exportFlows(database(), filter)
  if (url.searchParams.get('format') === 'ndjson') {
    return downloadResponse(
      rowStream(rows, (flow) => JSON.stringify(toEcsFlow(flow)) + '\n'),
      'flows',
      'ndjson',
    )
  }
  return downloadResponse(rowStream(rows, flowCsvLine, flowCsvHead()), 'flows', 'csv')
}
