import { getJob } from '@picket/store'
import { error } from '@sveltejs/kit'
import { jobDependency } from '#lib/models/dependency.ts'
import { isUuid } from '#lib/uuid.ts'
import { database } from '#lib/server/services.ts'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = async ({ params, depends }) => {
  depends(jobDependency(params.id))
  const job = isUuid(params.id) ? await getJob(database(), params.id) : undefined
  if (!job) error(404, `There is no job ${params.id}`)
  return { job }
}
