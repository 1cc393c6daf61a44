import { SensorError } from '../errors.ts'

/** Why a source cannot be opened or cannot go on. The message says what was expected, what was found, what to do. */
export type CaptureErrorCode =
  | 'capture-file-unreadable'
  | 'capture-file-empty'
  | 'capture-file-format'
  | 'capture-file-corrupt'
  | 'capture-file-truncated'
  | 'capture-no-permission'
  | 'capture-no-interface'
  | 'capture-not-built'
  | 'capture-filter'
  | 'models-unusable'
  | 'capture-failed'

/** Only `capture-failed` is a failure while running; for the others the operator must change something. */
export class CaptureError extends SensorError {
  constructor(code: CaptureErrorCode, message: string) {
    super(code, code === 'capture-failed' ? 1 : 2, message)
    this.name = 'CaptureError'
  }
}
