import { TRAIN_QUEUE, type TrainJob } from '@picket/store/queues'
import { Queue } from 'bullmq'
import { redis } from './services.ts'

let queue: Queue<TrainJob> | undefined

/** The queue of training jobs, on the console's own Redis connection. */
export function trainQueue(): Queue<TrainJob> {
  queue ??= new Queue<TrainJob>(TRAIN_QUEUE, {
    connection: redis(),
    defaultJobOptions: { removeOnComplete: 100, removeOnFail: 100 },
  })
  return queue
}
