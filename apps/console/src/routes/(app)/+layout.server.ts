import { alertCounts, listHosts } from '@picket/store'
import { FLEET_DEPENDENCY, type FleetSummary } from '#lib/nav/fleet.ts'
import { database } from '#lib/server/services.ts'
import type { LayoutServerLoad } from './$types'

export const load: LayoutServerLoad = async ({ locals, depends }) => {
  depends(FLEET_DEPENDENCY)
  const [hosts, alerts] = await Promise.all([listHosts(database()), alertCounts(database())])
  const fleet: FleetSummary = {
    hosts: hosts.map(({ sensorId, name, presence }) => ({ sensorId, name, presence })),
    alerts: { open: alerts.open, acknowledged: alerts.acknowledged, bySeverity: alerts.bySeverity },
  }
  return { user: locals.user, fleet }
}
