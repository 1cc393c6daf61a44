/** A set-up step that cannot go on; `message` says what and where, `remedy` what to do. The set-up ends with exit code 2. */
export class SetupError extends Error {
  /** @param {string} message @param {string} remedy @param {string[]} [lines] what the failing command printed last */
  constructor(message, remedy, lines = []) {
    super(message)
    this.remedy = remedy
    this.lines = lines
  }
}
