import type { Frame } from './frame.ts'
import type { FrameBatch } from './frame-batch.ts'

/** Steps through the records of one capture file. */
export interface CaptureFormat {
  /** Puts the next frame into `frame`; false at the proper end. Throws a CaptureError where the file is unsound. */
  next(frame: Frame): boolean
  /** Goes past the frames that are in memory and sound, and notes where they are; the rest is left to `next`. Not all formats can. */
  ahead?(batch: FrameBatch): void
  /** After `next` found damage: goes to the next record that makes sense; false where there is none. */
  resume(): boolean
}
