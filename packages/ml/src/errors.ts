/** Every way a model, a table or a training run is refused. */
export type MlErrorCode =
  | 'MODEL_UNREADABLE'
  | 'MODEL_ALTERED'
  | 'MODEL_FEATURE_SET'
  | 'MODEL_KIND'
  | 'TABLE_UNREADABLE'
  | 'TABLE_COLUMNS'
  | 'TRAINING_TOO_FEW_ROWS'
  | 'TRAINING_ONE_CLASS'
  | 'TRAINING_NO_FEATURE'
  | 'TRAINING_ABORTED'
  | 'TRAINING_FAILED'
  | 'EVALUATION_LABELS'

/** A refusal that says what was expected, what was found and what to do. */
export class MlError extends Error {
  readonly code: MlErrorCode

  constructor(code: MlErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'MlError'
    this.code = code
  }
}
