import type { LiveInterfaceSample } from '@picket/store/live'
import { RollingSeries, type SeriesColumns, type SeriesSample } from '#lib/chart/rolling-series.ts'
import type { InterfaceSeriesAnswer } from '#lib/chart/series-answers.ts'
import { live } from '#lib/live.svelte.ts'
import type { TimeRange } from '#lib/time-range.ts'
import { interfaceKey } from './interface-rates.svelte.ts'

const REDRAW_MS = 1000
/** An interface that appeared, or an answer that failed, is asked for again after this. */
const READ_AGAIN_MS = 3000
/** The endpoint sends at most this many; more than these are not waited for. */
const MAX_SERIES = 12

/** Columns kept of each interface; ids are `<sensor>/<interface> <column>`. */
export const HISTORY_COLUMNS = ['receivedBps', 'sentBps', 'receivedPps', 'sentPps', 'drops', 'errors'] as const
export type HistoryColumn = (typeof HISTORY_COLUMNS)[number]

export interface HistoryInterface {
  key: string
  sensorId: string
  hostname: string
  interface: string
  speedBps: number | null
}

export interface HistoryRequest {
  range: Pick<TimeRange, 'from' | 'to' | 'live'>
  sensorId?: string
  interface?: string
  points?: number
}

interface Shown {
  t: readonly number[]
  columns: ReadonlyMap<string, readonly (number | null)[]>
  from: number
  to: number
}

/** Rates over the page's range: read once from the series endpoint, then moved by the live feed once a second. */
export class InterfaceHistory {
  /** loading: nothing yet. ready. failed: shown data, if any, is of an earlier answer. */
  status = $state<'loading' | 'ready' | 'failed'>('loading')
  interfaces = $state.raw<HistoryInterface[]>([])
  gaps = $state.raw<InterfaceSeriesAnswer['gaps']>([])
  stepSeconds = $state(1)
  #shown = $state.raw<Shown>({ t: [], columns: new Map(), from: 0, to: 0 })

  get t(): readonly number[] {
    return this.#shown.t
  }
  /** Shown span, epoch seconds. */
  get from(): number {
    return this.#shown.from
  }
  get to(): number {
    return this.#shown.to
  }

  column(key: string, column: HistoryColumn): readonly (number | null)[] {
    return this.#shown.columns.get(`${key} ${column}`) ?? []
  }

  /** Received plus sent; null where there is no data. */
  total(key: string): (number | null)[] {
    const sent = this.column(key, 'sentBps')
    return this.column(key, 'receivedBps').map((value, i) => (value === null ? null : value + (sent[i] ?? 0)))
  }

  /** Call in an effect that reads the range: it loads, follows while live, and ends with the effect. */
  follow(request: HistoryRequest, paused: () => boolean = () => false): () => void {
    const abort = new AbortController()
    let rolling: RollingSeries | undefined
    let span = 0
    let dirty = false
    let known = new Set<string>()
    let again: ReturnType<typeof setTimeout> | undefined
    const readAgain = () => (again ??= setTimeout(() => ((again = undefined), void load()), READ_AGAIN_MS))

    const load = async () => {
      const answer = await readSeries(request, abort.signal)
      if (abort.signal.aborted) return
      if (!answer) {
        this.status = 'failed'
        readAgain()
        return
      }
      span = (answer.toMs - answer.fromMs) / 1000
      rolling = new RollingSeries(toColumns(answer), span)
      this.interfaces = answer.series.map((one) => ({
        key: interfaceKey(one.sensorId, one.interface),
        sensorId: one.sensorId,
        hostname: one.hostname,
        interface: one.interface,
        speedBps: one.speedBps,
      }))
      known = new Set(this.interfaces.map(({ key }) => key))
      this.gaps = answer.gaps
      this.stepSeconds = answer.stepSeconds
      this.#show(rolling, answer.fromMs / 1000, answer.toMs / 1000)
      this.status = 'ready'
    }
    void load()
    const end = () => {
      abort.abort()
      clearTimeout(again)
    }
    if (!request.range.live) return end

    const off = live.on('interfaces', ({ sensorId, samples }) => {
      if (!rolling) return
      const now = Date.now() / 1000
      const wanted = (!request.sensorId || request.sensorId === sensorId) && !request.interface
      for (const sample of samples) {
        for (const one of toSamples(sensorId, sample)) rolling.add(one, now)
        if (wanted && known.size < MAX_SERIES && !known.has(interfaceKey(sensorId, sample.interface))) readAgain()
      }
      dirty = true
    })
    const offResync = live.onresync(() => void load())
    // one redraw a second for all charts, also when nothing comes in: then the right edge shows the silence
    const timer = setInterval(() => {
      if (!rolling || paused() || document.hidden) return
      const now = Date.now() / 1000
      if (dirty || now - this.#shown.to >= 1) this.#show(rolling, now - span, now)
      dirty = false
    }, REDRAW_MS)
    return () => {
      end()
      off()
      offResync()
      clearInterval(timer)
    }
  }

  #show(rolling: RollingSeries, from: number, to: number): void {
    const columns = new Map<string, readonly (number | null)[]>()
    for (const { key } of this.interfaces) {
      for (const name of HISTORY_COLUMNS) columns.set(`${key} ${name}`, [...rolling.column(`${key} ${name}`)])
    }
    this.#shown = { t: [...rolling.t], columns, from, to }
  }
}

async function readSeries(request: HistoryRequest, signal: AbortSignal): Promise<InterfaceSeriesAnswer | undefined> {
  const parameters = new URLSearchParams({ from: request.range.from, to: request.range.to })
  if (request.sensorId) parameters.set('sensor', request.sensorId)
  if (request.interface) parameters.set('interface', request.interface)
  if (request.points) parameters.set('points', String(request.points))
  try {
    const response = await fetch(`/api/series/interfaces?${parameters}`, { signal })
    return response.ok ? ((await response.json()) as InterfaceSeriesAnswer) : undefined
  } catch {
    return undefined
  }
}

function toColumns(answer: InterfaceSeriesAnswer): SeriesColumns {
  const columns: Record<string, (number | null)[]> = {}
  for (const one of answer.series) {
    const key = interfaceKey(one.sensorId, one.interface)
    for (const name of HISTORY_COLUMNS) columns[`${key} ${name}`] = one[name]
  }
  return { t: answer.t, stepSeconds: answer.stepSeconds, columns }
}

function toSamples(sensorId: string, sample: LiveInterfaceSample): SeriesSample[] {
  const key = interfaceKey(sensorId, sample.interface)
  const time = sample.timeUs / 1e6
  const span = sample.spanUs / 1e6
  const of = (column: HistoryColumn, amount: number): SeriesSample => ({ id: `${key} ${column}`, time, span, amount })
  return [
    of('receivedBps', sample.receivedOctets * 8),
    of('sentBps', sample.sentOctets * 8),
    of('receivedPps', sample.receivedPackets),
    of('sentPps', sample.sentPackets),
  ]
}
