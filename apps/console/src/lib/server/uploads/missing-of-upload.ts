import { actionContext } from '../actions/context.ts'
import type { ImportForm } from '../actions/model-jobs.ts'
import { uploads } from '../services.ts'
import { UploadError } from './upload-error.ts'

/** What an import by upload lacks, for people; undefined when every file it names is there whole, or it names no upload. */
export async function missingOfUpload(locals: App.Locals, form: ImportForm): Promise<string | undefined> {
  if (form.upload === undefined) return undefined
  try {
    const { actor } = actionContext(locals)
    const there = (await uploads()?.complete(actor, form.upload)) ?? []
    const named = [...form.files, form.labels, form.mapping].filter((name) => name !== undefined)
    const missing = named.filter((name) => !there.includes(name))
    return missing.length > 0 ? `Not uploaded: ${missing.join(', ')}` : undefined
  } catch (error) {
    if (error instanceof UploadError) return error.message
    throw error
  }
}
