import { listJobs, type Database, type JobRow } from '@picket/store'
import { IMPORT_FORMATS } from '@picket/store/queues'
import { z } from 'zod'
import { IMPORT_FILE_NAME } from '../../models/import-file.ts'
import type { ActionContext } from './context.ts'
import { queueJob, type TrainQueue } from './queue-job.ts'
import { TRAINING_HOURS, spanOf } from './training.ts'

const fileName = z
  .string()
  .regex(IMPORT_FILE_NAME, 'Letters, digits, dots and dashes; the file lies in the folder "imports"')
const optionalFile = z.union([z.literal('').transform(() => undefined), fileName]).optional()

const judging = z.object({
  kind: z.enum(['evaluate', 'backtest']),
  modelId: z.string().min(1).max(200),
  hours: z.coerce.number().refine((hours) => TRAINING_HOURS.some((allowed) => allowed === hours), 'Choose a span'),
})

const importing = z
  .object({
    format: z.enum(IMPORT_FORMATS, 'Choose a format'),
    files: z
      .string()
      .transform((text) => text.split(/[\s,]+/).filter(Boolean))
      .pipe(z.array(fileName).min(1, 'Name at least one file').max(1000)),
    labels: optionalFile,
    mapping: optionalFile,
    upload: z.union([z.literal('').transform(() => undefined), z.uuid()]).optional(),
  })
  .refine(({ format, mapping }) => format !== 'csv' || mapping !== undefined, {
    path: ['mapping'],
    message: 'A table of your own needs a mapping',
  })

type Parsed<T> = { ok: true; value: T } | { ok: false; mistakes: Record<string, string | undefined> }

export type JudgingForm = z.output<typeof judging>
export type ImportForm = z.output<typeof importing>

/** What is asked of one model: to be measured, or run over what is stored. */
export const parseJudgingForm = (form: FormData): Parsed<JudgingForm> => parse(judging, form)
export const parseImportForm = (form: FormData): Parsed<ImportForm> => parse(importing, form)

function parse<T>(schema: z.ZodType<T>, form: FormData): Parsed<T> {
  const parsed = schema.safeParse(Object.fromEntries(form))
  if (parsed.success) return { ok: true, value: parsed.data }
  const { fieldErrors } = z.flattenError(parsed.error as z.ZodError<Record<string, unknown>>)
  return { ok: false, mistakes: Object.fromEntries(Object.entries(fieldErrors).map(([name, all]) => [name, all?.[0]])) }
}

export function startJudging(context: ActionContext, queue: TrainQueue, form: JudgingForm): Promise<JobRow> {
  const { kind, modelId, hours } = form
  return queueJob(context, queue, { kind, modelId, ...spanOf(hours) })
}

export function startImport(context: ActionContext, queue: TrainQueue, form: ImportForm): Promise<JobRow> {
  const { format, files, labels, mapping, upload } = form
  return queueJob(context, queue, {
    kind: 'import',
    format,
    files,
    ...(labels && { labels }),
    ...(mapping && { mapping }),
    ...(upload && { upload }),
  })
}

/** Data sets that imports brought, newest first: what the dialog offers to learn from. */
export async function importedDatasets(database: Database): Promise<{ id: string; title: string }[]> {
  const jobs = await listJobs(database, { kind: 'import', limit: 50 })
  return jobs
    .filter(({ state }) => state === 'completed')
    .map(({ id, params }) => ({ id, title: `${(params.files as string[]).join(', ')} (${String(params.format)})` }))
}
