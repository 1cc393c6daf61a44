import { classShares, listAlerts, listHosts, listInterfaces, overview, topTalkers } from '@picket/store'
import { database } from '#lib/server/services.ts'
import { parseTimeRange } from '#lib/time-range.ts'
import { classVolumes } from './class-volumes.ts'
import type { PageServerLoad } from './$types'

const TALKERS = 10
const ALERTS = 6

export const load: PageServerLoad = async ({ url, depends }) => {
  depends('picket:overview')
  const range = parseTimeRange(url)
  const span = { from: range.fromMs, to: range.toMs }
  const db = database()
  const [summary, interfaces, hosts, talkers, classes, alerts] = await Promise.all([
    overview(db, span),
    listInterfaces(db, {}),
    listHosts(db),
    topTalkers(db, { ...span, limit: TALKERS }),
    classShares(db, span),
    listAlerts(db, { state: 'open' }, { limit: ALERTS }),
  ])
  return { range, summary, interfaces, hosts, talkers, classes: classVolumes(classes), alerts: alerts.rows }
}
