/** The fleet cannot start. `message` says what and where, `remedy` what to do; exit code 2 unless something broke while running (1). */
export class StartError extends Error {
  readonly remedy: string
  readonly exitCode: 1 | 2

  constructor(message: string, remedy: string, exitCode: 1 | 2 = 2) {
    super(message)
    this.remedy = remedy
    this.exitCode = exitCode
  }
}
