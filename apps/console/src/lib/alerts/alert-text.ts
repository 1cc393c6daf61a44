import type { AlertCloseReason, AlertRow, AlertState } from '@picket/store'
import { bps, bytes, count, duration, percent } from '../format.ts'
import { parseAddress } from '../flows/address.ts'
import { flowsLink } from '../flows/filter.ts'

export const STATE_TITLES: Record<AlertState, string> = { open: 'Open', acknowledged: 'Acknowledged', closed: 'Closed' }

export const CLOSE_REASONS: readonly { value: AlertCloseReason; label: string; hint: string }[] = [
  { value: 'true-positive', label: 'True positive', hint: 'It was what it says, and it is dealt with' },
  { value: 'false-positive', label: 'False positive', hint: 'The detector was wrong; muted for 24 hours' },
  { value: 'expected', label: 'Expected', hint: 'Known and allowed here; muted for 24 hours' },
  { value: 'duplicate', label: 'Duplicate', hint: 'Another alert tells the same' },
]

export const closeReasonTitle = (reason: AlertCloseReason | null): string =>
  CLOSE_REASONS.find(({ value }) => value === reason)?.label ?? ''

/** Units that stand at the end of an evidence name, and how their values are written. Longer endings first. */
const UNITS: readonly [ending: string, write: (value: number) => string][] = [
  ['_per_second', (value) => `${count(value)} /s`],
  ['_bps', bps],
  ['_bytes', bytes],
  ['_octets', bytes],
  ['_share', percent],
  ['_seconds', (value) => duration(value * 1e6)],
  ['_ms', (value) => duration(value * 1000)],
  ['_us', duration],
  ['_s', (value) => duration(value * 1e6)],
]

export interface EvidenceLine {
  label: string
  value: string
}

/** Measured evidence for people: `distinct_ports: 1024` reads "Distinct ports 1,024", `span_s: 3` reads "Span 3.00 s". */
export function evidenceLines(evidence: Record<string, unknown>): EvidenceLine[] {
  return Object.entries(evidence).flatMap(([name, value]) => {
    const snake = name.replaceAll(/([a-z0-9])([A-Z])/g, '$1_$2').toLowerCase()
    const unit = UNITS.find(([ending]) => snake.endsWith(ending))
    const text = typeof value === 'number' ? (unit?.[1] ?? plain)(value) : written(value)
    return text === ''
      ? []
      : [{ label: words(typeof value === 'number' && unit ? snake.slice(0, -unit[0].length) : snake), value: text }]
  })
}

const plain = (value: number) => (Number.isInteger(value) ? count(value) : String(Number(value.toPrecision(4))))

function written(value: unknown): string {
  if (value === null || value === undefined) return ''
  if (Array.isArray(value)) return value.map(written).join(', ')
  return typeof value === 'object' ? JSON.stringify(value) : String(value)
}

function words(snake: string): string {
  const text = snake.replaceAll(/[_.-]+/g, ' ').trim()
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** Milliseconds around an alert's evidence that its link to the flows shows: a flow ends after what happened in it. */
const MARGIN_MS = 5 * 60_000

/** The flows behind an alert: of its entity where that is an address, on its host where only one saw it, in its time. */
export function alertFlowsLink(alert: AlertRow): string {
  const address = parseAddress(alert.entity)
  const sensorId = alert.sensorId.length === 1 ? alert.sensorId[0] : undefined
  return flowsLink(
    { address, sensorId, interface: address || !alert.interface ? undefined : alert.interface },
    alertRange(alert),
  )
}

export const alertRange = (alert: AlertRow) => ({
  from: String(alert.firstSeen - MARGIN_MS),
  to: String(alert.lastSeen + MARGIN_MS),
})
