/** An expected failure: says what was expected, what was found and what to do, in one line. */
export class SensorError extends Error {
  readonly code: string
  /** 2: wrong arguments, unreadable input or refused configuration; 1: a failure while running. */
  readonly exitCode: 1 | 2

  constructor(code: string, exitCode: 1 | 2, message: string) {
    super(message)
    this.name = 'SensorError'
    this.code = code
    this.exitCode = exitCode
  }
}

/** The text of anything thrown, one line. */
export function reasonOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.split('\n', 1)[0] ?? ''
}

/** Every coded error of the agent side of the sensor. */
export const sensorErrors = {
  usage: (mistakes: readonly string[]) => new SensorError('usage', 2, mistakes.join('\n')),
  stateFolder: (folder: string, reason: string) =>
    new SensorError(
      'state-folder',
      2,
      `state folder ${folder} cannot be used (${reason}): give --state a folder this user may write`,
    ),
  stateInUse: (folder: string) =>
    new SensorError(
      'state-in-use',
      2,
      `state folder ${folder} is in use by another sensor: stop that one, or give --state another folder`,
    ),
  identityDamaged: (file: string, reason: string) =>
    new SensorError(
      'identity-damaged',
      2,
      `identity in ${file} is damaged (${reason}): remove that file and enrol again with a new token`,
    ),
  identityOfOtherCollector: (file: string) =>
    new SensorError(
      'identity-of-other-collector',
      2,
      `identity in ${file} belongs to another authority than the token's: remove that folder to enrol anew, or leave --token-file out`,
    ),
  tokenNeeded: (folder: string) =>
    new SensorError(
      'token-needed',
      2,
      `no identity in ${folder} and no --token-file: create a token on the console's sensors page and give its file`,
    ),
  tokenUnreadable: (file: string, reason: string) =>
    new SensorError(
      'token-unreadable',
      2,
      `token file ${file} cannot be read (${reason}): give --token-file a file that holds the token`,
    ),
  tokenMalformed: (file: string) =>
    new SensorError(
      'token-malformed',
      2,
      `token in ${file} is not of the form picket1_SECRET_FINGERPRINT: copy it again, whole, from the console's sensors page`,
    ),
  tokenRefused: (where: string, reason: string) =>
    new SensorError(
      'token-refused',
      2,
      `token refused by ${where} (${reason}): it is unknown, expired or already used; create a new one on the console's sensors page`,
    ),
  enrolmentRefused: (where: string, reason: string) =>
    new SensorError(
      'enrolment-refused',
      2,
      `enrolment refused by ${where} (${reason}): check that sensor and collector are of the same version`,
    ),
  fingerprintMismatch: (where: string, expected: string, found: string) =>
    new SensorError(
      'fingerprint-mismatch',
      2,
      `the authority at ${where} has fingerprint ${found}, the token expects ${expected}: this is not the collector the token is from; check --collector and --enrol`,
    ),
  collectorName: (where: string, reason: string) =>
    new SensorError(
      'collector-name',
      2,
      `the certificate at ${where} is not for that name (${reason}): use a name it holds, or add this one to PICKET_NAMES of the collector`,
    ),
}
