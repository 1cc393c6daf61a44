import type { HealthSeries, HostSeries } from '@picket/store'
import { RollingSeries } from '#lib/chart/rolling-series.ts'
import type { HostSeriesAnswer } from '#lib/chart/series-answers.ts'
import { live } from '#lib/live.svelte.ts'
import type { TimeRange } from '#lib/time-range.ts'

export const HOST_COLUMNS = [
  'cpuUtilization',
  'memoryUsedBytes',
  'load1m',
  'temperatureCelsius',
  'sensorCpuCores',
  'sensorMemoryBytes',
] as const
export type HostColumn = (typeof HOST_COLUMNS)[number]

/** Link health is probed in rounds of several seconds: it is read again this often instead of following events. */
const HEALTH_REFRESH_MS = 30_000

/** Resources and link health of one host over the page's range, moved by the live feed. */
export class HostHistory {
  status = $state<'loading' | 'ready' | 'failed'>('loading')
  health = $state.raw<HealthSeries[]>([])
  #shown = $state.raw<{
    t: readonly number[]
    columns: Partial<Record<HostColumn, readonly (number | null)[]>>
    from: number
    to: number
  }>({ t: [], columns: {}, from: 0, to: 0 })

  get t(): readonly number[] {
    return this.#shown.t
  }
  get from(): number {
    return this.#shown.from
  }
  get to(): number {
    return this.#shown.to
  }
  column(name: HostColumn): readonly (number | null)[] {
    return this.#shown.columns[name] ?? []
  }

  /** Call in an effect that reads the range. */
  follow(sensorId: string, range: Pick<TimeRange, 'from' | 'to' | 'live'>): () => void {
    const abort = new AbortController()
    let rolling: RollingSeries | undefined
    let span = 0
    let lastTime = 0

    const load = async () => {
      const answer = await readSeries(sensorId, range, abort.signal)
      if (abort.signal.aborted) return
      if (!answer) return void (this.status = 'failed')
      span = (answer.toMs - answer.fromMs) / 1000
      rolling = answer.host ? new RollingSeries(toColumns(answer.host), span) : undefined
      this.health = answer.health
      this.#show(rolling, answer.fromMs / 1000, answer.toMs / 1000)
      this.status = 'ready'
    }
    void load()
    if (!range.live) return () => abort.abort()

    const off = live.on('host', (event) => {
      if (event.sensorId !== sensorId || !rolling) return
      const now = Date.now() / 1000
      const elapsed = lastTime === 0 ? 1 : Math.min(10, Math.max(0.5, now - lastTime))
      lastTime = now
      const values: Partial<Record<HostColumn, number>> = {
        cpuUtilization: event.cpu,
        memoryUsedBytes: event.memoryUsed,
        load1m: event.load1m,
        sensorCpuCores: event.sensorCpu,
        sensorMemoryBytes: event.sensorMemory,
      }
      for (const [id, value] of Object.entries(values))
        rolling.add({ id, time: now, span: elapsed, amount: value * elapsed }, now)
    })
    const offResync = live.onresync(() => void load())
    const redraw = setInterval(() => {
      const now = Date.now() / 1000
      if (rolling && !document.hidden) this.#show(rolling, now - span, now)
    }, 1000)
    const reread = setInterval(() => !document.hidden && void load(), HEALTH_REFRESH_MS)
    return () => {
      abort.abort()
      off()
      offResync()
      clearInterval(redraw)
      clearInterval(reread)
    }
  }

  #show(rolling: RollingSeries | undefined, from: number, to: number): void {
    const columns = Object.fromEntries(HOST_COLUMNS.map((name) => [name, rolling ? [...rolling.column(name)] : []]))
    this.#shown = { t: rolling ? [...rolling.t] : [], columns, from, to }
  }
}

async function readSeries(
  sensorId: string,
  range: Pick<TimeRange, 'from' | 'to'>,
  signal: AbortSignal,
): Promise<HostSeriesAnswer | undefined> {
  const parameters = new URLSearchParams({ sensor: sensorId, from: range.from, to: range.to })
  try {
    const response = await fetch(`/api/series/host?${parameters}`, { signal })
    return response.ok ? ((await response.json()) as HostSeriesAnswer) : undefined
  } catch {
    return undefined
  }
}

const toColumns = (host: HostSeries) => ({
  t: host.t,
  stepSeconds: host.stepSeconds,
  columns: Object.fromEntries(HOST_COLUMNS.map((name) => [name, host[name]])),
})
