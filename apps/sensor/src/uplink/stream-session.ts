import { status, type ClientDuplexStream, type StatusObject } from '@grpc/grpc-js'
import type {
  CollectorMessage,
  Command,
  Heartbeat,
  Hello,
  ModelOffer,
  ModelWithdrawal,
  Policy,
  Rejection,
  SensorMessage,
  SensorServiceClient,
  Welcome,
} from '@picket/proto'
import { SpoolReader } from '../spool/spool-reader.ts'
import type { SpoolRecord } from '../spool/record.ts'
import type { Spool } from '../spool/spool.ts'
import type { Telemetry } from '../telemetry.ts'

/** What may be under way without an acknowledgement; whichever is reached first. */
export interface Window {
  readonly batches: number
  readonly bytes: number
}

/** What the collector says, besides acknowledgements. Handlers must not throw. */
export interface CollectorHandlers {
  readonly onWelcome: (welcome: Welcome) => void
  readonly onRejection: (rejection: Rejection, record: SpoolRecord | undefined) => void
  readonly onPolicy: (policy: Policy) => void
  readonly onModelOffer: (offer: ModelOffer) => void
  readonly onModelWithdrawal: (withdrawal: ModelWithdrawal) => void
  readonly onCommand: (command: Command) => void
}

export interface SessionOptions {
  readonly client: SensorServiceClient
  readonly spool: Spool
  readonly telemetry: Telemetry
  readonly window: Window
  readonly heartbeatMs: number
  /** How long the collector may take to answer hello, milliseconds. */
  readonly welcomeTimeoutMs: number
  readonly hello: () => Hello
  readonly heartbeat: () => Heartbeat
  readonly handlers: CollectorHandlers
}

/** How a stream ended. */
export interface SessionEnd {
  readonly code: status
  readonly detail: string
  readonly welcomed: boolean
}

interface InFlight {
  readonly epoch: number
  readonly sequence: number
  readonly bytes: number
}

/**
 * One stream, from hello to its end. After the welcome it sends what waits in the spool, oldest first, as far as the
 * window and gRPC's flow control allow; acknowledgements delete from the spool and open the window again.
 */
export class StreamSession {
  readonly #options: SessionOptions
  readonly #call: ClientDuplexStream<SensorMessage, CollectorMessage>
  readonly #reader: SpoolReader
  readonly #ended = Promise.withResolvers<SessionEnd>()
  #inFlight: InFlight[] = []
  #inFlightBytes = 0
  #welcomed = false
  #blocked = false
  #closing = false

  constructor(options: SessionOptions) {
    this.#options = options
    this.#reader = new SpoolReader(options.spool)
    this.#call = options.client.connect()
  }

  /** Runs until the stream ends, by either side; never throws. */
  async run(): Promise<SessionEnd> {
    const { heartbeatMs, welcomeTimeoutMs, hello } = this.#options
    this.#call.on('data', (message: CollectorMessage) => this.#receive(message))
    // Every end is told by 'status'; without a listener an 'error' would be thrown.
    this.#call.on('error', () => undefined)
    this.#call.on('drain', () => this.#unblock())
    this.#call.on('status', (end: StatusObject) =>
      this.#ended.resolve({ code: end.code, detail: end.details, welcomed: this.#welcomed }),
    )
    this.#call.write({ hello: hello() })
    const welcomeTimer = setTimeout(() => this.#welcomed || this.cancel(), welcomeTimeoutMs)
    const heartbeatTimer = setInterval(() => this.#sendHeartbeat(), heartbeatMs)
    try {
      return await this.#ended.promise
    } finally {
      clearTimeout(welcomeTimer)
      clearInterval(heartbeatTimer)
      this.#closing = true
    }
  }

  /** Looks into the spool again: something was appended. */
  wake(): void {
    this.#pump()
  }

  /** Sends a small message beside the batches; dropped when the stream is gone. */
  send(message: SensorMessage): void {
    if (this.#welcomed && !this.#closing) this.#call.write(message)
  }

  /** Says a last sign of life and ends our side; the collector ends its own. */
  end(): void {
    if (this.#closing) return
    this.#sendHeartbeat()
    this.#closing = true
    this.#call.end()
  }

  cancel(): void {
    this.#closing = true
    this.#call.cancel()
  }

  #receive(message: CollectorMessage): void {
    const { spool, telemetry, handlers } = this.#options
    if (message.welcome) this.#welcome(message.welcome)
    else if (message.acknowledgement) this.#acknowledge(message.acknowledgement)
    else if (message.rejection) {
      const { epoch, sequence } = message.rejection
      telemetry.add('batchesRejected')
      const record = spool.reject(epoch, sequence)
      this.#settle((batch) => batch.epoch === epoch && batch.sequence === sequence)
      handlers.onRejection(message.rejection, record)
    } else if (message.policy) handlers.onPolicy(message.policy)
    else if (message.modelOffer) handlers.onModelOffer(message.modelOffer)
    else if (message.modelWithdrawal) handlers.onModelWithdrawal(message.modelWithdrawal)
    else if (message.command) handlers.onCommand(message.command)
    // A newer collector may say what this version does not know.
    else telemetry.add('messagesInvalid')
  }

  #welcome(welcome: Welcome): void {
    const { spool, telemetry, handlers } = this.#options
    this.#welcomed = true
    telemetry.add('streamsOpened')
    if (welcome.acknowledgedSequence > 0) spool.acknowledge(spool.epoch, welcome.acknowledgedSequence)
    handlers.onWelcome(welcome)
    this.#sendHeartbeat()
    this.#pump()
  }

  #acknowledge({ epoch, sequence }: { epoch: number; sequence: number }): void {
    const { spool, telemetry } = this.#options
    spool.acknowledge(epoch, sequence)
    telemetry.add(
      'batchesAcknowledged',
      this.#settle((batch) => batch.epoch === epoch && batch.sequence <= sequence),
    )
  }

  /** Takes batches out of the window and returns how many. */
  #settle(isSettled: (batch: InFlight) => boolean): number {
    const before = this.#inFlight.length
    this.#inFlight = this.#inFlight.filter((batch) => !isSettled(batch))
    this.#inFlightBytes = this.#inFlight.reduce((sum, batch) => sum + batch.bytes, 0)
    this.#pump()
    return before - this.#inFlight.length
  }

  #unblock(): void {
    this.#blocked = false
    this.#pump()
  }

  #pump(): void {
    const { window, telemetry } = this.#options
    while (this.#welcomed && !this.#closing && !this.#blocked) {
      if (this.#inFlight.length >= window.batches || this.#inFlightBytes >= window.bytes) return
      const batch = this.#reader.next()
      if (!batch) return
      const { epoch, sequence, payload } = batch
      this.#inFlight.push({ epoch, sequence, bytes: payload.length })
      this.#inFlightBytes += payload.length
      telemetry.add('batchesSent')
      this.#blocked = !this.#call.write({ batch })
    }
  }

  #sendHeartbeat(): void {
    this.send({ heartbeat: this.#options.heartbeat() })
  }
}
