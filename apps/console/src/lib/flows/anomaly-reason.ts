import type { AnomalyDetail } from '@picket/store'
import { count, duration, percent } from '#lib/format.ts'

/** Parts of the ensemble in words. */
export const PARTS = {
  forest: 'Isolation forest',
  autoencoder: 'Autoencoder',
  context: 'Context of the host',
} as const

/** From here on parts of the ensemble do not say the same. */
const DISAGREEMENT = 0.2

/** Whether one part finds a flow unusual that another finds usual. */
export function disagree({ parts }: AnomalyDetail): boolean {
  const values = Object.values(parts)
  return values.length > 1 && Math.max(...values) - Math.min(...values) >= DISAGREEMENT
}

const INITIALS = /\b(syn|fin|rst|psh|ack|rtt|iat|tcp|udp|icmp|tls|quic|dns|alpn|sni)\b/g

/** `forward_iat_mean_us` reads "Forward IAT mean"; its unit is in the value. */
export function featureTitle(feature: string): string {
  const words = feature.replace(/_(us|octets|count|ratio|flag|per_s|octets_per_s)$/, '').replaceAll('_', ' ')
  return (words.charAt(0).toUpperCase() + words.slice(1)).replace(INITIALS, (word) => word.toUpperCase())
}

/** A value of a feature with its unit; null is absent. */
export function featureValue(feature: string, value: number | null): string {
  if (value === null || !Number.isFinite(value)) return 'absent'
  if (feature.endsWith('_flag')) return value === 0 ? 'no' : 'yes'
  if (feature.endsWith('_us')) return duration(value)
  if (feature.endsWith('_ratio')) return percent(value)
  return Number.isInteger(value) || value >= 10_000 ? count(value) : String(Number(value.toPrecision(4)))
}

/** "5 to 40", "absent in 98 %": what is usual. */
export function usualText(feature: string, low: number | null, high: number | null, absent: number): string {
  if (low === null || high === null) return 'absent'
  const range =
    low === high ? featureValue(feature, low) : `${featureValue(feature, low)} to ${featureValue(feature, high)}`
  return absent > 0.5 ? `absent in ${percent(absent)}, else ${range}` : range
}
