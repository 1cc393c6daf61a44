import type { HostRow, SensorPresence } from '@picket/store'

export const PRESENCE: Record<SensorPresence, { title: string; color: string }> = {
  online: { title: 'Online', color: 'var(--ok)' },
  silent: { title: 'Silent', color: 'var(--high)' },
  enrolled: { title: 'Waiting for first contact', color: 'var(--fg-3)' },
  retired: { title: 'Retired', color: 'var(--fg-3)' },
}

/** How a host is doing in one word: silent hosts and hosts with severe open alerts stand out. */
export type HostHealth = 'critical' | 'warning' | 'offline' | 'ok'

export const HEALTH: Record<HostHealth, { title: string; color: string }> = {
  critical: { title: 'critical', color: 'var(--critical)' },
  warning: { title: 'warning', color: 'var(--high)' },
  offline: { title: 'not reporting', color: 'var(--fg-3)' },
  ok: { title: 'healthy', color: 'var(--ok)' },
}

export function hostHealth(host: Pick<HostRow, 'presence' | 'worstSeverity'>): HostHealth {
  if (host.presence !== 'online') return 'offline'
  if (host.worstSeverity === 'critical') return 'critical'
  return host.worstSeverity === 'high' ? 'warning' : 'ok'
}
