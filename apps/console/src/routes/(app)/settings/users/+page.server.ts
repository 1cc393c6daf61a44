import { auth } from '#lib/server/services.ts'
import type { PageServerLoad } from './$types'

const MAX_USERS = 200

export const load: PageServerLoad = async ({ locals }) => {
  const { internalAdapter } = await auth().$context
  const users = await internalAdapter.listUsers(MAX_USERS, 0, { field: 'createdAt', direction: 'asc' })
  return {
    self: locals.user?.id,
    users: users.map(({ id, email, name, createdAt }) => ({ id, email, name, createdAt: createdAt.getTime() })),
  }
}
