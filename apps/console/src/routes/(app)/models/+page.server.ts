import { listFitness, listJobs, listModels, listModelStatus, listRollouts, type JobRow } from '@picket/store'
import { fail } from '@sveltejs/kit'
import { MODELS_DEPENDENCY } from '#lib/models/dependency.ts'
import { actionContext } from '#lib/server/actions/context.ts'
import {
  importedDatasets,
  parseImportForm,
  parseJudgingForm,
  startImport,
  startJudging,
} from '#lib/server/actions/model-jobs.ts'
import { cancelTraining, parseTrainingForm, startTraining } from '#lib/server/actions/training.ts'
import { missingOfUpload } from '#lib/server/uploads/missing-of-upload.ts'
import { database, uploads } from '#lib/server/services.ts'
import { isUuid } from '#lib/uuid.ts'
import { trainQueue } from '#lib/server/train-queue.ts'
import type { Actions, PageServerLoad } from './$types'

const RECENT_JOBS = 20
/** Newest models whose verdicts by host are shown. */
const JUDGED_MODELS = 10

export const load: PageServerLoad = async ({ depends }) => {
  depends(MODELS_DEPENDENCY)
  const [models, rollouts, statuses, jobs, datasets] = await Promise.all([
    listModels(database()),
    listRollouts(database()),
    listModelStatus(database()),
    listJobs(database(), { limit: RECENT_JOBS }),
    importedDatasets(database()),
  ])
  const fitness = await listFitness(
    database(),
    models.slice(0, JUDGED_MODELS).map(({ id }) => id),
  )
  return { models, rollouts, statuses, jobs, datasets, fitness, canUpload: uploads() !== undefined }
}

const removeUpload = async (id: string) => uploads()?.remove(id)

async function queued(start: () => Promise<JobRow>) {
  try {
    return { jobId: (await start()).id }
  } catch {
    return fail(503, { message: 'The queue could not be reached: is Redis running?' })
  }
}

export const actions: Actions = {
  train: async ({ locals, request }) => {
    const form = parseTrainingForm(await request.formData())
    if (!form.ok) return fail(400, { mistakes: form.mistakes })
    return queued(() => startTraining(actionContext(locals), trainQueue(), form.value))
  },
  judge: async ({ locals, request }) => {
    const form = parseJudgingForm(await request.formData())
    if (!form.ok) return fail(400, { mistakes: form.mistakes })
    return queued(() => startJudging(actionContext(locals), trainQueue(), form.value))
  },
  import: async ({ locals, request }) => {
    const form = parseImportForm(await request.formData())
    if (!form.ok) return fail(400, { mistakes: form.mistakes })
    const missing = await missingOfUpload(locals, form.value)
    if (missing) return fail(400, { mistakes: { files: missing } })
    return queued(() => startImport(actionContext(locals), trainQueue(), form.value))
  },
  cancel: async ({ locals, request }) => {
    const jobId = String((await request.formData()).get('jobId') ?? '')
    const outcome = isUuid(jobId) ? await cancelTraining(actionContext(locals), trainQueue(), jobId, removeUpload) : 'not-found'
    if (outcome === 'cancelled') return { cancelled: jobId }
    return fail(outcome === 'over' ? 409 : 404, {
      message: outcome === 'over' ? 'This job was over already' : 'There is no such job',
    })
  },
}
