import type { LiveEntry, LiveEvent } from './live-event.ts'

/** Redis key of the feed. */
export const LIVE_STREAM = 'picket:live'
/** Events kept, about: some minutes of a busy fleet. */
export const LIVE_STREAM_LENGTH = 5000

/** An entry as XREAD and XRANGE give it: id, then field and value by turns. */
export type RawEntry = [id: string, fields: string[]]

/** An entry's event; undefined when it is not one of ours. */
export function fromRawEntry([id, fields]: RawEntry): LiveEntry | undefined {
  const at = fields.indexOf('e')
  if (at < 0) return undefined
  try {
    return { id, event: JSON.parse(fields[at + 1]) as LiveEvent }
  } catch {
    return undefined
  }
}

/** Order of two stream ids, `<ms>-<sequence>`. */
export function compareIds(a: string, b: string): number {
  const [aMs, aSequence = 0] = a.split('-').map(Number)
  const [bMs, bSequence = 0] = b.split('-').map(Number)
  return aMs - bMs || aSequence - bSequence
}

export function isStreamId(text: string): boolean {
  return /^\d{1,15}-\d{1,10}$/.test(text)
}
