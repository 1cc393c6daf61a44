import { CaptureError } from './capture-error.ts'

/** Says, for people, why a ring over an interface could not be opened. */
export function toRingError(name: string, error: unknown): CaptureError {
  if (error instanceof CaptureError) return error
  const code = error instanceof Error && 'code' in error ? error.code : ''
  const reason = error instanceof Error ? error.message : String(error)
  if (code === 'EPERM') {
    return new CaptureError(
      'capture-no-permission',
      `capture needs CAP_NET_RAW (interface ${name}, ${reason}); run as root or give node that capability`,
    )
  }
  if (code === 'ENODEV') return new CaptureError('capture-no-interface', `there is no interface ${name} to capture`)
  return new CaptureError('capture-failed', `interface ${name} cannot be captured (${reason})`)
}
