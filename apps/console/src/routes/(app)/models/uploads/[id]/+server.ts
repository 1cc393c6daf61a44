import { answerUpload } from '#lib/server/uploads/answer.ts'
import type { RequestHandler } from './$types'

/** Gives an upload up: what is there of it is removed. */
export const DELETE: RequestHandler = ({ locals, params }) =>
  answerUpload(locals, (uploads, actor) => uploads.cancel(actor, params.id))
