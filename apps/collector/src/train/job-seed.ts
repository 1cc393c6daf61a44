import { createHash } from 'node:crypto'

/** The same job draws the same flows. */
export function seedOf(jobId: string): number {
  return createHash('sha256').update(jobId).digest().readUInt32LE(0)
}
