import { status } from '@grpc/grpc-js'

/** Why a stream ends, as the sensor is told. */
export class StreamEnd extends Error {
  readonly code: status

  constructor(code: status, details: string) {
    super(details)
    this.code = code
  }
}

/** Ends that the collector decides upon, whatever the sensor sent. */
export const ENDS = {
  replaced: [status.ALREADY_EXISTS, 'a newer stream of this sensor took over'],
  removed: [status.PERMISSION_DENIED, 'this sensor was removed from the fleet'],
  stopping: [status.UNAVAILABLE, 'the collector is stopping'],
} as const
