import { listJobs, listModels, listModelStatus, listRollouts } from '@picket/store'
import { fail } from '@sveltejs/kit'
import { MODELS_DEPENDENCY } from '#lib/models/dependency.ts'
import { actionContext } from '#lib/server/actions/context.ts'
import { cancelTraining, parseTrainingForm, startTraining } from '#lib/server/actions/training.ts'
import { database } from '#lib/server/services.ts'
import { isUuid } from '#lib/uuid.ts'
import { trainQueue } from '#lib/server/train-queue.ts'
import type { Actions, PageServerLoad } from './$types'

const RECENT_JOBS = 20

export const load: PageServerLoad = async ({ depends }) => {
  depends(MODELS_DEPENDENCY)
  const [models, rollouts, statuses, jobs] = await Promise.all([
    listModels(database()),
    listRollouts(database()),
    listModelStatus(database()),
    listJobs(database(), { limit: RECENT_JOBS }),
  ])
  return { models, rollouts, statuses, jobs }
}

export const actions: Actions = {
  train: async ({ locals, request }) => {
    const context = actionContext(locals)
    const form = parseTrainingForm(await request.formData())
    if (!form.ok) return fail(400, { mistakes: form.mistakes })
    try {
      const job = await startTraining(context, trainQueue(), form.value)
      return { jobId: job.id }
    } catch {
      return fail(503, { message: 'The queue could not be reached: is Redis running?' })
    }
  },
  cancel: async ({ locals, request }) => {
    const jobId = String((await request.formData()).get('jobId') ?? '')
    const outcome = isUuid(jobId) ? await cancelTraining(actionContext(locals), trainQueue(), jobId) : 'not-found'
    if (outcome === 'cancelled') return { cancelled: jobId }
    return fail(outcome === 'over' ? 409 : 404, {
      message: outcome === 'over' ? 'This job was over already' : 'There is no such job',
    })
  },
}
