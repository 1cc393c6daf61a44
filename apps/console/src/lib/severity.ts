import type { AlertSeverity } from '@picket/store'

/** Severest first. Each is also the name of its colour token. */
export const SEVERITIES: readonly AlertSeverity[] = ['critical', 'high', 'medium', 'low', 'info']

export const SEVERITY_TITLES: Record<AlertSeverity, string> = {
  critical: 'Critical',
  high: 'High',
  medium: 'Medium',
  low: 'Low',
  info: 'Info',
}

/** Colour of an anomaly score, 0 usual to 1 never seen. */
export function anomalyColor(score: number): string {
  if (score >= 0.99) return 'var(--critical)'
  if (score >= 0.95) return 'var(--high)'
  return score >= 0.8 ? 'var(--medium)' : 'var(--fg-3)'
}
