import { getHost } from '@picket/store'
import { error } from '@sveltejs/kit'
import { database } from '#lib/server/services.ts'
import type { LayoutServerLoad } from './$types'

const UUID = /^[\da-f]{8}-[\da-f]{4}-[\da-f]{4}-[\da-f]{4}-[\da-f]{12}$/i

export const load: LayoutServerLoad = async ({ params, depends }) => {
  depends('picket:host')
  const host = UUID.test(params.id) ? await getHost(database(), params.id) : undefined
  if (!host) error(404, 'No host has this id. It may have been removed.')
  return { host }
}
