import type { ThresholdRequest } from '@picket/store'
import { z } from 'zod'
import { anomaliesADay, anomalyThreshold } from './fields.ts'

const schema = z.object({ aDay: anomaliesADay, threshold: anomalyThreshold })

/** The two settings as they were typed; undefined while one of them could not be saved like that. */
export function parseThresholdRequest(typed: URLSearchParams): ThresholdRequest | undefined {
  return schema.safeParse(Object.fromEntries(typed)).data
}
