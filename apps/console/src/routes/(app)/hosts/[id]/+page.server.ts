import { latestHealth, listInterfaces } from '@picket/store'
import { database } from '#lib/server/services.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ params, depends }) => {
  depends('picket:host')
  const request = { sensorId: params.id }
  const [interfaces, health] = await Promise.all([
    listInterfaces(database(), request),
    latestHealth(database(), request),
  ])
  return { interfaces, health }
}
