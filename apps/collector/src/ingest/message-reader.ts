import type { ServerDuplexStream } from '@grpc/grpc-js'
import type { CollectorMessage, SensorMessage } from '@picket/proto'

/**
 * Pulls messages from a sensor's stream one at a time and keeps at most one ahead. An object stream would keep 16, up
 * to 20 MiB each; here the transport stops reading instead, and the sensor feels it through HTTP/2 flow control.
 */
export class MessageReader {
  readonly #call: ServerDuplexStream<SensorMessage, CollectorMessage>
  #waiting: (() => void) | undefined
  #over = false
  #readDeferred: (() => void) | undefined

  constructor(call: ServerDuplexStream<SensorMessage, CollectorMessage>) {
    this.#call = call
    const read = call._read.bind(call)
    call._read = (size) => {
      if (call.readableLength === 0) read(size)
      else this.#readDeferred = () => read(size)
    }
    call.on('readable', () => this.#wake())
    for (const event of ['end', 'close', 'error', 'cancelled']) call.on(event, () => this.close())
  }

  /** The next message, or undefined when the stream is over. */
  async next(): Promise<SensorMessage | undefined> {
    while (!this.#over) {
      const message = this.#call.read() as SensorMessage | null
      if (message !== null) {
        this.#resume()
        return message
      }
      await new Promise<void>((resolve) => {
        this.#waiting = resolve
      })
    }
    return undefined
  }

  /** Ends the reading: the waiting `next` and all later ones return undefined. */
  close(): void {
    this.#over = true
    this.#wake()
  }

  #resume(): void {
    const read = this.#readDeferred
    this.#readDeferred = undefined
    read?.()
  }

  #wake(): void {
    this.#waiting?.()
    this.#waiting = undefined
  }
}
