import { setTimeout as sleep } from 'node:timers/promises'
import { status } from '@grpc/grpc-js'
import { SensorServiceClient, type Heartbeat, type Hello, type SensorMessage } from '@picket/proto'
import { formatHostPort, type HostPort } from '../config.ts'
import type { Identity } from '../enrol/identity.ts'
import type { Stage } from '../observation.ts'
import type { Spool } from '../spool/spool.ts'
import type { Telemetry } from '../telemetry.ts'
import { backoffDelay } from './backoff.ts'
import { createCredentials } from './credentials.ts'
import { StreamSession, type CollectorHandlers, type SessionEnd, type Window } from './stream-session.ts'

/** What people are told about the connection. */
export type UplinkState =
  | { state: 'connected'; collectorVersion: string; clockOffsetMs: number }
  | { state: 'disconnected' | 'untrusted' | 'superseded' | 'removed'; reason: string; retryMs: number }

export interface UplinkOptions {
  readonly collector: HostPort
  /** The identity to open the next stream with. */
  readonly identity: () => Identity
  readonly spool: Spool
  readonly telemetry: Telemetry
  readonly random: () => number
  readonly nowUs: () => number
  readonly hello: () => Hello
  readonly heartbeat: () => Heartbeat
  readonly handlers: Omit<CollectorHandlers, 'onWelcome'>
  readonly onState: (state: UplinkState) => void
  readonly timing?: Partial<UplinkTiming>
  readonly window?: Window
}

/** Milliseconds throughout. */
export interface UplinkTiming {
  readonly heartbeatMs: number
  readonly welcomeTimeoutMs: number
  readonly firstRetryMs: number
  readonly longestRetryMs: number
  /** Wait after the collector said that this sensor is no longer one. */
  readonly removedRetryMs: number
  /** How long `stop` waits for acknowledgements. */
  readonly drainMs: number
}

const defaultTiming: UplinkTiming = {
  heartbeatMs: 5000,
  welcomeTimeoutMs: 15_000,
  firstRetryMs: 500,
  longestRetryMs: 30_000,
  removedRetryMs: 300_000,
  drainMs: 3000,
}

// A batch holds at most 16 MiB uncompressed; 32 of usual size are about a second of a busy host.
const defaultWindow: Window = { batches: 32, bytes: 8 * 2 ** 20 }

const channelOptions = {
  'grpc.use_local_subchannel_pool': 1,
  'grpc.keepalive_time_ms': 10_000,
  'grpc.keepalive_timeout_ms': 5000,
  'grpc.max_receive_message_length': 4 * 2 ** 20,
  'grpc.enable_retries': 0,
}

/** Keeps one stream to the collector open, whatever happens, and waits longer and longer while it cannot. */
export class Uplink implements Stage {
  readonly #options: UplinkOptions
  readonly #timing: UplinkTiming
  readonly #stopping = new AbortController()
  #session: StreamSession | undefined
  #client: SensorServiceClient | undefined
  #running: Promise<void> | undefined

  constructor(options: UplinkOptions) {
    this.#options = options
    this.#timing = { ...defaultTiming, ...options.timing }
  }

  /** The channel in use, for model downloads; undefined while there is no stream. */
  get client(): SensorServiceClient | undefined {
    return this.#client
  }

  start(): Promise<void> {
    this.#running ??= this.#run(this.#stopping.signal)
    return Promise.resolve()
  }

  /** Waits a little until the spool is empty, then ends the stream. What is left waits on disk. */
  async stop(): Promise<void> {
    const deadline = performance.now() + this.#timing.drainMs
    while (this.#session && this.#options.telemetry.get('spoolBatches') > 0 && performance.now() < deadline) {
      await sleep(20)
    }
    this.#stopping.abort()
    await this.#running
  }

  /** Told when something was appended to the spool. */
  wake(): void {
    this.#session?.wake()
  }

  /** Sends a small message if there is a stream. */
  send(message: SensorMessage): void {
    this.#session?.send(message)
  }

  async #run(signal: AbortSignal): Promise<void> {
    for (let attempt = 0; !signal.aborted;) {
      const end = await this.#openStream(signal)
      if (signal.aborted) return
      this.#options.telemetry.add('streamsFailed')
      attempt = end.welcomed ? 0 : attempt
      const retryMs = this.#retryDelay(end, attempt++)
      this.#options.onState({ state: stateOf(end), reason: end.detail, retryMs })
      await sleep(retryMs, undefined, { signal }).catch(() => undefined)
    }
  }

  async #openStream(signal: AbortSignal): Promise<SessionEnd> {
    const { collector, identity, handlers, spool, telemetry, hello, heartbeat, window } = this.#options
    const client = new SensorServiceClient(formatHostPort(collector), createCredentials(identity()), channelOptions)
    const session = new StreamSession({
      client,
      spool,
      telemetry,
      hello,
      heartbeat,
      window: window ?? defaultWindow,
      heartbeatMs: this.#timing.heartbeatMs,
      welcomeTimeoutMs: this.#timing.welcomeTimeoutMs,
      handlers: { ...handlers, onWelcome: (welcome) => this.#welcomed(session, client, welcome) },
    })
    const onStop = () => {
      session.end()
      setTimeout(() => session.cancel(), 500).unref()
    }
    signal.addEventListener('abort', onStop, { once: true })
    try {
      return await session.run()
    } finally {
      signal.removeEventListener('abort', onStop)
      this.#session = undefined
      this.#client = undefined
      client.close()
    }
  }

  #welcomed(
    session: StreamSession,
    client: SensorServiceClient,
    welcome: { collectorVersion: string; timeUs: number },
  ): void {
    this.#session = session
    this.#client = client
    const clockOffsetMs = Math.round((this.#options.nowUs() - welcome.timeUs) / 1000)
    this.#options.onState({ state: 'connected', collectorVersion: welcome.collectorVersion, clockOffsetMs })
  }

  #retryDelay(end: SessionEnd, attempt: number): number {
    const { firstRetryMs, longestRetryMs, removedRetryMs } = this.#timing
    const { random } = this.#options
    const state = stateOf(end)
    if (state === 'removed') return backoffDelay(0, { initialMs: removedRetryMs, limitMs: removedRetryMs, random })
    // Two processes with one identity would otherwise throw each other out many times a second.
    if (state === 'superseded') return backoffDelay(0, { initialMs: longestRetryMs, limitMs: longestRetryMs, random })
    return backoffDelay(attempt, { initialMs: firstRetryMs, limitMs: longestRetryMs, random })
  }
}

function stateOf({ code, detail }: SessionEnd): 'disconnected' | 'untrusted' | 'superseded' | 'removed' {
  if (code === status.PERMISSION_DENIED || code === status.UNAUTHENTICATED) return 'removed'
  if (code === status.ALREADY_EXISTS) return 'superseded'
  return /certificate|altnames|issuer/i.test(detail) ? 'untrusted' : 'disconnected'
}
