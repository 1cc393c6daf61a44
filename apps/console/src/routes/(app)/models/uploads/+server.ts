import { answerUpload } from '#lib/server/uploads/answer.ts'
import type { RequestHandler } from './$types'

/** Begins an upload of `{files: [{name, octets}]}`; gives its id. */
export const POST: RequestHandler = ({ locals, request }) =>
  answerUpload(locals, async (uploads, actor) => {
    const plan: unknown = await request.json().catch(() => undefined)
    return { id: await uploads.begin(actor, plan) }
  })
