import type { Frame } from './frame.ts'

/** Steps through the records of one capture file. */
export interface CaptureFormat {
  /** Puts the next frame into `frame`; false at the proper end. Throws a CaptureError where the file is unsound. */
  next(frame: Frame): boolean
  /** After `next` found damage: goes to the next record that makes sense; false where there is none. */
  resume(): boolean
}
