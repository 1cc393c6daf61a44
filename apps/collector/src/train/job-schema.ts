import { IMPORT_FORMATS, type LearningJob } from '@picket/store/queues'
import { z } from 'zod'

const KINDS = ['anomaly-forest', 'anomaly-autoencoder', 'traffic-classifier'] as const

const base = { jobId: z.string().min(1), requestedBy: z.string() }
const overTime = { from: z.iso.datetime({ offset: true }).optional(), to: z.iso.datetime({ offset: true }).optional() }
const modelId = z.string().min(1).max(200)
const dataset = z.uuid().optional()
/** A plain name: files lie in one folder, nothing outside of it is read. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,199}$/, 'a file name without folders')

const train = z.object({
  ...base,
  ...overTime,
  kind: z.literal('train'),
  kinds: z.array(z.enum(KINDS)).min(1).max(KINDS.length),
  autoencoder: z.enum(['dense', 'sequence']).optional(),
  dataset,
})
const evaluate = z.object({ ...base, ...overTime, kind: z.literal('evaluate'), modelId, dataset })
const backtest = z.object({ ...base, ...overTime, kind: z.literal('backtest'), modelId })
const imported = z.object({
  ...base,
  kind: z.literal('import'),
  format: z.enum(IMPORT_FORMATS),
  files: z.array(fileName).min(1).max(1000),
  labels: fileName.optional(),
  mapping: fileName.optional(),
  upload: z.uuid().optional(),
})

/** A job as it comes off the queue; one without a kind is of a time when all of them trained. */
export const learningJob = z.preprocess(
  (value) => (typeof value === 'object' && value !== null && !('kind' in value) ? { ...value, kind: 'train' } : value),
  z.discriminatedUnion('kind', [train, evaluate, backtest, imported]),
) satisfies z.ZodType<LearningJob>
