/** The engine cannot start as it was asked to: one line that says what, where and what to do. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError'
}
