import { listAudit } from '@picket/store'
import { refuseInvalid } from '#lib/server/refuse-invalid.ts'
import { database } from '#lib/server/services.ts'
import type { PageServerLoad } from './$types'

const PAGE_ROWS = 100

export const load: PageServerLoad = async ({ url }) => {
  const cursor = url.searchParams.get('cursor') ?? undefined
  const action = url.searchParams.get('action') || undefined
  const actor = url.searchParams.get('actor') || undefined
  const page = await refuseInvalid(listAudit(database(), { action, actor }, { cursor, limit: PAGE_ROWS }))
  return { page, action, actor, older: cursor !== undefined }
}
