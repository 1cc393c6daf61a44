import { listJobs, updateJob, type Database } from '@picket/store'
import { TRAIN_QUEUE, redisOptions } from '@picket/store/queues'
import { Queue, type ConnectionOptions } from 'bullmq'

/** Younger rows may be on their way into the queue. */
const MIN_AGE_MS = 60_000

/** Marks jobs as failed that the store waits for and the queue does not know: Redis was emptied. Gives their ids. */
export async function failLostJobs(database: Database, redisUrl: string, now: number): Promise<string[]> {
  const waiting = (await listJobs(database, { limit: 500 })).filter(
    ({ state, createdAt }) => (state === 'queued' || state === 'running') && now - createdAt > MIN_AGE_MS,
  )
  if (waiting.length === 0) return []
  const queue = new Queue(TRAIN_QUEUE, { connection: { ...redisOptions(redisUrl) } as ConnectionOptions })
  const lost: string[] = []
  try {
    for (const { id } of waiting) {
      if (await queue.getJob(id)) continue
      const error = 'the queue does not know this job any more; start it again'
      await updateJob(database, id, { state: 'failed', error, log: `Failed: ${error}` })
      lost.push(id)
    }
  } finally {
    await queue.close()
  }
  return lost
}
