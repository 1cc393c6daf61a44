import type { FlowFilter, FlowSort } from '@picket/store'
import { parseTimeRange, type TimeRange } from '../time-range.ts'
import { parseFlowQuery, type ParsedFlowQuery } from './filter.ts'

const SORTS: readonly FlowSort[] = ['end', 'start', 'octets', 'anomaly']

export interface FlowRequest extends ParsedFlowQuery {
  range: TimeRange
  sort: FlowSort
  /** Filter and range together, as the store wants them. */
  filter: FlowFilter
}

/** What an address of the flows page, its endpoints or its exports asks for; all of them read it here. */
export function readFlowRequest(url: URL, nowMs: number = Date.now()): FlowRequest {
  const range = parseTimeRange(url, nowMs)
  const { query, rejected } = parseFlowQuery(url.searchParams)
  const sort = SORTS.find((each) => each === url.searchParams.get('sort')) ?? 'end'
  return { query, rejected, range, sort, filter: { ...query, from: range.fromMs, to: range.toMs } }
}

/** Names one flow in the address bar: its number, and its end so that the store looks into one time partition only. */
export const flowKey = (flow: { id: number; endUs: number }): string => `${flow.id}-${flow.endUs}`

export function parseFlowKey(text: string): { id: number; endUs: number } | undefined {
  const match = /^(\d{1,15})-(\d{1,17})$/.exec(text)
  return match ? { id: Number(match[1]), endUs: Number(match[2]) } : undefined
}
