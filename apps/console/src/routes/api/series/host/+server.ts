import { healthSeries, hostSeries } from '@picket/store'
import { error, json } from '@sveltejs/kit'
import type { HostSeriesAnswer } from '#lib/chart/series-answers.ts'
import { FINEST_STEP_S, pointsOf } from '#lib/server/points.ts'
import { roundColumn } from '#lib/server/round.ts'
import { database } from '#lib/server/services.ts'
import { parseTimeRange } from '#lib/time-range.ts'
import type { RequestHandler } from './$types'

/** Resources and link health of one host. */
export const GET: RequestHandler = async ({ url }) => {
  const sensorId = url.searchParams.get('sensor')
  if (!sensorId) error(400, 'sensor: expected a sensor id')
  const range = parseTimeRange(url)
  const request = { from: range.fromMs, to: range.toMs, sensorId }
  const [hosts, health] = await Promise.all([
    hostSeries(database(), { ...request, points: pointsOf(url, range, FINEST_STEP_S.host) }),
    healthSeries(database(), { ...request, points: pointsOf(url, range, FINEST_STEP_S.health) }),
  ])
  const host = hosts[0]
  const answer: HostSeriesAnswer = {
    fromMs: range.fromMs,
    toMs: range.toMs,
    host: host
      ? {
          ...host,
          cpuUtilization: roundColumn(host.cpuUtilization, 3),
          memoryUsedBytes: roundColumn(host.memoryUsedBytes),
          load1m: roundColumn(host.load1m, 2),
          temperatureCelsius: roundColumn(host.temperatureCelsius, 1),
          sensorCpuCores: roundColumn(host.sensorCpuCores, 3),
          sensorMemoryBytes: roundColumn(host.sensorMemoryBytes),
        }
      : null,
    health: health.map((series) => ({
      ...series,
      rttMeanUs: roundColumn(series.rttMeanUs),
      rttMaxUs: roundColumn(series.rttMaxUs),
      lossShare: roundColumn(series.lossShare, 3),
    })),
  }
  return json(answer)
}
