import { LIVE_STREAM } from '@picket/store/live'
import type { Redis } from 'ioredis'
import { within } from './within.ts'

const ANSWER_WITHIN_MS = 2000

/**
 * Whether events after the id were dropped from the capped feed already, so that resuming there leaves a hole. Also true
 * when Redis does not say: a page that reads anew for nothing is better than one that misses something.
 */
export async function missedBefore(redis: Redis, after: string): Promise<boolean> {
  try {
    const oldest = await within(ANSWER_WITHIN_MS, redis.xrange(LIVE_STREAM, '-', '+', 'COUNT', 1), 'the live feed')
    const first = oldest[0]?.[0]
    return first !== undefined && milliseconds(first) > milliseconds(after)
  } catch {
    return true
  }
}

const milliseconds = (id: string): number => Number(id.split('-')[0])
