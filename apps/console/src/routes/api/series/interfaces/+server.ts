import { interfaceSeries, listGaps, type InterfaceSeries } from '@picket/store'
import { json } from '@sveltejs/kit'
import type { InterfaceSeriesAnswer } from '#lib/chart/series-answers.ts'
import { FINEST_STEP_S, pointsOf } from '#lib/server/points.ts'
import { roundColumn } from '#lib/server/round.ts'
import { database } from '#lib/server/services.ts'
import { parseTimeRange } from '#lib/time-range.ts'
import type { RequestHandler } from './$types'

const MAX_SERIES = 12
const MAX_GAPS = 200

/** Rates of the busiest interfaces, or of those of one sensor, or of one interface. */
export const GET: RequestHandler = async ({ url }) => {
  const range = parseTimeRange(url)
  const span = { from: range.fromMs, to: range.toMs }
  const sensorId = url.searchParams.get('sensor') ?? undefined
  const name = url.searchParams.get('interface') ?? undefined
  const [all, gaps] = await Promise.all([
    interfaceSeries(database(), {
      ...span,
      sensorId,
      interface: name,
      points: pointsOf(url, range, FINEST_STEP_S.interfaces),
    }),
    listGaps(database(), { ...span, sensorId, limit: MAX_GAPS }),
  ])
  const series = busiest(all, MAX_SERIES)
  const answer: InterfaceSeriesAnswer = {
    fromMs: range.fromMs,
    toMs: range.toMs,
    stepSeconds: all[0]?.stepSeconds ?? 1,
    t: all[0]?.t ?? [],
    series: series.map(toAnswer),
    gaps: gaps.filter((gap) => !name || !gap.interface || gap.interface === name),
  }
  return json(answer)
}

function busiest(series: InterfaceSeries[], limit: number): InterfaceSeries[] {
  const total = (columns: readonly (number | null)[]) => columns.reduce<number>((sum, value) => sum + (value ?? 0), 0)
  const ranked = series.map((one) => ({ one, octets: total(one.receivedBps) + total(one.sentBps) }))
  ranked.sort((a, b) => b.octets - a.octets)
  return ranked.slice(0, limit).map(({ one }) => one)
}

function toAnswer(series: InterfaceSeries): InterfaceSeriesAnswer['series'][number] {
  return {
    sensorId: series.sensorId,
    hostname: series.hostname,
    interface: series.interface,
    speedBps: series.speedBps,
    receivedBps: roundColumn(series.receivedBps),
    sentBps: roundColumn(series.sentBps),
    receivedPps: roundColumn(series.receivedPps, 1),
    sentPps: roundColumn(series.sentPps, 1),
    drops: roundColumn(series.drops),
    errors: roundColumn(series.errors),
  }
}
