/**
 * The time range of a page lives in its URL as ?from=&to=. Each end is `now`, `now-<n><s|m|h|d|w>`, epoch milliseconds or
 * ISO 8601. Pages read it with parseTimeRange(url) and link with rangeQuery(range).
 */
export interface TimeRange {
  /** As written in the URL, so that a relative range stays relative when a link is shared. */
  from: string
  to: string
  /** Resolved, epoch milliseconds, from < to. */
  fromMs: number
  toMs: number
  /** Whether the range ends now and so moves with the live feed. */
  live: boolean
}

const UNIT_MS = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const
type Unit = keyof typeof UNIT_MS

export const DEFAULT_FROM = 'now-15m'

export const RANGE_PRESETS: readonly { from: string; label: string }[] = [
  { from: 'now-5m', label: 'Last 5 minutes' },
  { from: 'now-15m', label: 'Last 15 minutes' },
  { from: 'now-1h', label: 'Last 1 hour' },
  { from: 'now-6h', label: 'Last 6 hours' },
  { from: 'now-24h', label: 'Last 24 hours' },
  { from: 'now-7d', label: 'Last 7 days' },
  { from: 'now-30d', label: 'Last 30 days' },
]

/** Epoch milliseconds of one end, or undefined when it is not written in one of the accepted forms. */
export function parseMoment(text: string, nowMs: number): number | undefined {
  if (text === 'now') return nowMs
  const relative = /^now-(\d{1,6})([smhdw])$/.exec(text)
  if (relative) return nowMs - Number(relative[1]) * UNIT_MS[relative[2] as Unit]
  if (/^\d{12,14}$/.test(text)) return Number(text)
  if (!/^\d{4}-\d{2}-\d{2}/.test(text)) return undefined
  const parsed = Date.parse(text)
  return Number.isNaN(parsed) ? undefined : parsed
}

/** What is read of a URL's parameters; $app/state's page.url has a read-only kind. */
interface Parameters {
  get(name: string): string | null
}

/** The range a URL asks for; the last 15 minutes where it asks for none or for one that makes no sense. */
export function parseTimeRange(
  source: { searchParams: Parameters } | Parameters,
  nowMs: number = Date.now(),
): TimeRange {
  const parameters = 'searchParams' in source ? source.searchParams : source
  const from = parameters.get('from') ?? DEFAULT_FROM
  const to = parameters.get('to') ?? 'now'
  const fromMs = parseMoment(from, nowMs)
  const toMs = parseMoment(to, nowMs)
  if (fromMs === undefined || toMs === undefined || toMs - fromMs < 1000) {
    return { from: DEFAULT_FROM, to: 'now', fromMs: nowMs - 15 * UNIT_MS.m, toMs: nowMs, live: true }
  }
  return { from, to, fromMs, toMs, live: to === 'now' }
}

/** `from=...&to=...` for a link that keeps the range. */
export function rangeQuery(range: Pick<TimeRange, 'from' | 'to'>): string {
  return new URLSearchParams({ from: range.from, to: range.to }).toString()
}

/** The same page with another range; every other parameter stays, except a list's place in the old range. */
export function withRange(
  url: { pathname: string; searchParams: { toString(): string } },
  range: Pick<TimeRange, 'from' | 'to'>,
): string {
  const parameters = new URLSearchParams(url.searchParams.toString())
  parameters.set('from', range.from)
  parameters.set('to', range.to)
  parameters.delete('cursor')
  return `${url.pathname}?${parameters}`
}

export function rangeLabel(range: TimeRange): string {
  if (range.live) {
    const preset = RANGE_PRESETS.find(({ from }) => from === range.from)
    if (preset) return preset.label
  }
  const sameDay = new Date(range.fromMs).toDateString() === new Date(range.toMs).toDateString()
  const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' })
  const time = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' })
  const end = range.live
    ? 'now'
    : sameDay
      ? time.format(range.toMs)
      : `${day.format(range.toMs)} ${time.format(range.toMs)}`
  return `${day.format(range.fromMs)} ${time.format(range.fromMs)} – ${end}`
}
