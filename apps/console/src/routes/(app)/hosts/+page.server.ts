import { listHosts, listInterfaces } from '@picket/store'
import { database } from '#lib/server/services.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ depends }) => {
  depends('picket:hosts')
  const db = database()
  const [hosts, interfaces] = await Promise.all([listHosts(db), listInterfaces(db, {})])
  return { hosts, interfaces }
}
