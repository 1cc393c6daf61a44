/** Numbers and times as people read them. Null is "no data", written as a dash: it is never shown as zero. */
export const NO_DATA = '–'

type Maybe = number | null | undefined

function scaled(value: number, base: number, units: readonly string[]): { text: string; unit: string } {
  let i = 0
  let v = value
  while (Math.abs(v) >= base && i < units.length - 1) {
    v /= base
    i++
  }
  // rounding may reach the next unit: 999.96 kb/s reads 1.00 Mb/s
  if (Math.abs(v) >= base - 0.5 && i < units.length - 1) {
    v /= base
    i++
  }
  const digits = i === 0 || Math.abs(v) >= 100 ? 0 : Math.abs(v) >= 10 ? 1 : 2
  return { text: v.toFixed(digits), unit: units[i]! }
}

const RATE_UNITS = ['b/s', 'kb/s', 'Mb/s', 'Gb/s', 'Tb/s'] as const
const BYTE_UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'] as const
const COUNT_UNITS = ['', 'k', 'M', 'G', 'T'] as const

/** Number and unit apart, for tiles that set them in different sizes. */
export const bpsParts = (value: number) => scaled(value, 1000, RATE_UNITS)

/** Bits per second, decimal: 1.25 Mb/s */
export function bps(value: Maybe): string {
  if (value == null) return NO_DATA
  const { text, unit } = bpsParts(value)
  return `${text} ${unit}`
}

/** Octets, binary: 1.50 MiB */
export function bytes(value: Maybe): string {
  if (value == null) return NO_DATA
  const { text, unit } = scaled(value, 1024, BYTE_UNITS)
  return `${text} ${unit}`
}

/** Packets per second: 12.4k pkt/s */
export const pps = (value: Maybe): string => (value == null ? NO_DATA : `${compact(value)} pkt/s`)

/** 12,345 */
export const count = (value: Maybe): string => (value == null ? NO_DATA : Math.round(value).toLocaleString('en'))

/** 12.3k */
export function compact(value: Maybe): string {
  if (value == null) return NO_DATA
  if (Math.abs(value) < 10) return String(Math.round(value * 10) / 10)
  const { text, unit } = scaled(value, 1000, COUNT_UNITS)
  return text + unit
}

/** A number with its noun: 1 flow, 12 flows, 2 batches. `plural` where it is not the noun and an s. */
export const counted = (value: Maybe, noun: string, plural = `${noun}s`, format = count): string =>
  `${format(value)} ${value === 1 ? noun : plural}`

/** A share of 0 to 1 as percent; small ones keep digits so that they do not read as none. */
export function percent(share: Maybe): string {
  if (share == null) return NO_DATA
  const p = share * 100
  if (p === 0) return '0 %'
  if (p < 0.001) return '<0.001 %'
  return `${p < 0.1 ? p.toFixed(3) : p < 1 ? p.toFixed(2) : p < 10 ? p.toFixed(1) : p.toFixed(0)} %`
}

/** A duration given in microseconds: 850 µs, 12.3 ms, 4.2 s, 3 min 20 s */
export function duration(us: Maybe): string {
  if (us == null) return NO_DATA
  if (us < 1000) return `${Math.round(us)} µs`
  if (us < 10_000) return `${(us / 1000).toFixed(2)} ms`
  if (us < 1e6) return `${us < 100_000 ? (us / 1000).toFixed(1) : Math.round(us / 1000)} ms`
  const s = us / 1e6
  if (s < 60) return `${s < 10 ? s.toFixed(2) : s.toFixed(1)} s`
  if (s < 3600) return `${Math.floor(s / 60)} min ${Math.round(s % 60)} s`
  return uptime(s)
}

/** Seconds as the two largest units: 3 d 4 h */
export function uptime(seconds: Maybe): string {
  if (seconds == null) return NO_DATA
  const d = Math.floor(seconds / 86_400)
  const h = Math.floor((seconds % 86_400) / 3600)
  const m = Math.floor((seconds % 3600) / 60)
  if (d > 0) return `${d} d ${h} h`
  if (h > 0) return `${h} h ${m} min`
  return m > 0 ? `${m} min` : `${Math.floor(seconds)} s`
}

/** Time since a moment, short: 4s, 12m, 3h, 5d */
export function ago(ms: Maybe, nowMs: number): string {
  if (ms == null) return NO_DATA
  const s = Math.max(0, Math.round((nowMs - ms) / 1000))
  if (s < 60) return `${s}s`
  if (s < 3600) return `${Math.floor(s / 60)}m`
  if (s < 86_400) return `${Math.floor(s / 3600)}h`
  return `${Math.floor(s / 86_400)}d`
}

const absoluteFormat = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'medium' })
const clockFormat = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' })

/** 22 Nov 2026, 14:03:22 in the reader's time zone */
export const absolute = (ms: Maybe): string => (ms == null ? NO_DATA : absoluteFormat.format(ms))

/** 14:03:22 */
export const clockTime = (ms: Maybe): string => (ms == null ? NO_DATA : clockFormat.format(ms))
