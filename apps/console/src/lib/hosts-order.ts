import type { HostRow } from '@picket/store'

export const HOST_SORTS = [
  'name',
  'status',
  'interfaces',
  'received',
  'sent',
  'drops',
  'cpu',
  'memory',
  'alerts',
  'version',
  'seen',
] as const
export type HostSort = (typeof HOST_SORTS)[number]

const PRESENCE_ORDER = { silent: 0, enrolled: 1, online: 2, retired: 3 }

const keys: Record<HostSort, (host: HostRow) => string | number | null> = {
  name: (host) => host.name.toLowerCase(),
  status: (host) => PRESENCE_ORDER[host.presence],
  interfaces: (host) => host.interfaceCount,
  received: (host) => host.receivedBps,
  sent: (host) => host.sentBps,
  drops: (host) => host.droppedShare,
  cpu: (host) => host.cpuUtilization,
  memory: (host) => (host.memoryTotalBytes ? (host.memoryUsedBytes ?? 0) / host.memoryTotalBytes : null),
  alerts: (host) => host.openAlerts,
  version: (host) => host.version,
  seen: (host) => host.lastSeen,
}

/** Hosts whose name or labels hold the text, ordered; what is not known comes last either way. */
export function arrangeHosts(hosts: readonly HostRow[], text: string, sort: HostSort, falling: boolean): HostRow[] {
  const wanted = text.trim().toLowerCase()
  const found = hosts.filter((host) => wanted === '' || searchText(host).includes(wanted))
  const key = keys[sort]
  const sign = falling ? -1 : 1
  return found.sort((a, b) => {
    const [x, y] = [key(a), key(b)]
    if (x === null || y === null) return Number(x === null) - Number(y === null)
    return x === y ? a.name.localeCompare(b.name) : sign * (x < y ? -1 : 1)
  })
}

const searchText = (host: HostRow): string =>
  [host.name, host.hostname, host.platform, ...Object.entries(host.labels).map(([key, value]) => `${key}=${value}`)]
    .join(' ')
    .toLowerCase()
