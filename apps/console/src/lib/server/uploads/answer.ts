import { error, json } from '@sveltejs/kit'
import { uploads } from '../services.ts'
import { UploadError } from './upload-error.ts'
import type { Uploads } from './uploads.ts'

/** Answers a signed-in person's request about an upload; what is refused says why. */
export async function answerUpload(
  locals: App.Locals,
  work: (uploads: Uploads, actor: string) => Promise<object | void>,
): Promise<Response> {
  if (!locals.user) error(401, 'Sign in first')
  const folder = uploads()
  if (!folder) error(503, 'This console does not see the data folder of the collector.')
  try {
    return json((await work(folder, locals.user.email)) ?? {})
  } catch (cause) {
    if (cause instanceof UploadError) error(cause.status, cause.message)
    throw cause
  }
}
