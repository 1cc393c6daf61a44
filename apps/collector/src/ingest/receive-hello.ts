import { status } from '@grpc/grpc-js'
import type { Hello } from '@picket/proto'
import type { MessageReader } from './message-reader.ts'
import { StreamEnd } from './stream-end.ts'

/** A stream that says nothing for so long after it opened is ended. */
const HELLO_TIMEOUT_MS = 10_000
const MAX_TEXT = 255

/** The first message of a stream. Throws the end of the stream where it is no usable hello of the sensor that the certificate names. */
export async function receiveHello(reader: MessageReader, sensorId: string): Promise<Hello> {
  const timer = setTimeout(() => reader.close(), HELLO_TIMEOUT_MS)
  const first = await reader.next()
  clearTimeout(timer)
  if (first?.hello === undefined) {
    throw new StreamEnd(status.FAILED_PRECONDITION, 'the first message of a stream must be hello')
  }
  const { hello } = first
  if (hello.sensorId !== sensorId) {
    throw new StreamEnd(status.PERMISSION_DENIED, 'hello names another sensor than the certificate')
  }
  if (hello.hostname === '' || hello.hostname.length > MAX_TEXT || !Number.isSafeInteger(hello.epoch)) {
    throw new StreamEnd(status.INVALID_ARGUMENT, 'hello has no usable host name or epoch')
  }
  return hello
}
