import { TRAIN_QUEUE, type LearningJob } from '@picket/store/queues'
import { Queue } from 'bullmq'
import { redis } from './services.ts'

let queue: Queue<LearningJob> | undefined

/** The queue of the jobs around models, on the console's own Redis connection. */
export function trainQueue(): Queue<LearningJob> {
  queue ??= new Queue<LearningJob>(TRAIN_QUEUE, {
    connection: redis(),
    defaultJobOptions: { removeOnComplete: 100, removeOnFail: 100 },
  })
  return queue
}
