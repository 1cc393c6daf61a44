import { status, type ServerDuplexStream } from '@grpc/grpc-js'
import type {
  CollectorMessage,
  Heartbeat,
  Hello,
  ModelOffer,
  ModelStatus,
  ModelWithdrawal,
  Policy,
  SensorMessage,
} from '@picket/proto'
import { cursorOf, recordModelSupport, touchSensor } from '@picket/store'
import type { Database } from '@picket/store'
import { messageOf } from '../errors.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { ModelOffers } from '../rollout/model-offers.ts'
import type { PolicyBoard } from '../rollout/policy-board.ts'
import type { Logger, Telemetry } from '../telemetry.ts'
import type { BatchIntake } from './batch-intake.ts'
import type { ConnectedSensor, Fleet } from './fleet.ts'
import { MessageReader } from './message-reader.ts'
import { receiveHello } from './receive-hello.ts'
import { ENDS, StreamEnd } from './stream-end.ts'
import { COLLECTOR_VERSION } from './version.ts'

type SensorCall = ServerDuplexStream<SensorMessage, CollectorMessage>

export interface SessionServices {
  database: Database
  fleet: Fleet
  intake: BatchIntake
  policies: PolicyBoard
  offers: ModelOffers
  live: LiveFeed
  telemetry: Telemetry
  logger: Logger
}

/**
 * One sensor's stream from hello to its end. Messages are worked off one after another, so batches are stored in the
 * order they were sent and a slow store slows the sensor down instead of filling memory.
 */
export class SensorSession implements ConnectedSensor {
  readonly sensorId: string
  readonly #call: SensorCall
  readonly #services: SessionServices
  readonly #reader: MessageReader
  readonly #ending = new AbortController()
  readonly #ended = Promise.withResolvers<void>()
  #hello: Hello | undefined
  #activeModels: Record<string, string> = {}
  #lastHeard = Date.now()
  #clockOffsetUs = 0
  #working = false

  constructor(call: SensorCall, sensorId: string, services: SessionServices) {
    this.#call = call
    this.sensorId = sensorId
    this.#services = services
    this.#reader = new MessageReader(call)
    for (const event of ['close', 'error', 'cancelled']) call.on(event, () => this.#ending.abort())
    if (call.cancelled || call.destroyed) this.#reader.close()
  }

  get hostname(): string {
    return this.#hello?.hostname ?? ''
  }

  get featureSetHash(): string {
    return this.#hello?.featureSetHash ?? ''
  }

  get activeModels(): Readonly<Record<string, string>> {
    return this.#activeModels
  }

  get clockOffsetUs(): number {
    return this.#clockOffsetUs
  }

  get lastHeard(): number {
    return this.#working ? Date.now() : this.#lastHeard
  }

  /** Runs until either side ends the stream; never throws. */
  async run(): Promise<void> {
    const { fleet, telemetry, logger } = this.#services
    try {
      await this.#begin(await receiveHello(this.#reader, this.sensorId))
      for (;;) {
        const message = await this.#reader.next()
        if (message === undefined) break
        this.#lastHeard = Date.now()
        this.#working = true
        await this.#handle(message)
        await this.#drained()
        this.#working = false
      }
      this.#call.end()
    } catch (error) {
      if (!(error instanceof StreamEnd)) telemetry.add('streamFailed')
      const end = error instanceof StreamEnd ? error : new StreamEnd(status.UNAVAILABLE, 'the collector failed')
      logger.warn({ sensorId: this.sensorId, hostname: this.hostname, error: messageOf(error) }, 'stream ended')
      this.#finish(end.code, end.message)
    } finally {
      this.#working = false
      this.#ending.abort()
      fleet.leave(this)
      this.#ended.resolve()
    }
  }

  sendPolicy(policy: Policy): void {
    this.#send({ policy })
  }

  sendModelOffer(modelOffer: ModelOffer): void {
    this.#services.telemetry.add('modelOffered')
    this.#send({ modelOffer })
  }

  sendModelWithdrawal(modelWithdrawal: ModelWithdrawal): void {
    this.#services.telemetry.add('modelWithdrawn')
    this.#send({ modelWithdrawal })
  }

  /** What is in use as the sensor told; a model that is withdrawn is forgotten unless another one took its place. */
  #setActiveModel(kind: string, { modelId, state }: ModelStatus): void {
    const { [kind]: known, ...others } = this.#activeModels
    if (state === 'active') this.#activeModels = { ...others, [kind]: modelId }
    else if (known === modelId) this.#activeModels = others
  }

  async end(reason: keyof typeof ENDS): Promise<void> {
    if (reason === 'removed') this.#send({ command: { commandId: `retire-${this.sensorId}`, retire: {} } })
    const [code, details] = ENDS[reason]
    this.#finish(code, details)
    this.#reader.close()
    this.#ending.abort()
    await this.#ended.promise
  }

  /** Takes over from an older stream, then tells the sensor what is stored and what to do. */
  async #begin(hello: Hello): Promise<void> {
    const { database, fleet, policies, offers, live, telemetry, logger } = this.#services
    this.#hello = hello
    this.#activeModels = { ...hello.activeModels }
    const before = fleet.enter(this)
    if (before !== undefined) {
      telemetry.add('streamReplaced')
      await before.end('replaced')
    }
    const now = Date.now()
    this.#clockOffsetUs = hello.timeUs - now * 1_000
    const isKnown = await touchSensor(database, {
      sensorId: this.sensorId,
      at: now,
      sensorTimeUs: hello.timeUs,
      hostname: hello.hostname,
      version: hello.version,
      platform: hello.platform,
      osName: hello.osName,
      featureSetHash: hello.featureSetHash,
      activeModels: this.#activeModels,
    })
    if (!isKnown) throw new StreamEnd(...ENDS.removed)
    const acknowledgedSequence = await cursorOf(database, this.sensorId, hello.epoch)
    this.#send({
      welcome: { acknowledgedSequence, timeUs: Date.now() * 1_000, collectorVersion: COLLECTOR_VERSION },
    })
    telemetry.add('streamOpened')
    logger.info(
      { sensorId: this.sensorId, hostname: hello.hostname, clockOffsetUs: this.#clockOffsetUs },
      'sensor connected',
    )
    live.publish({ type: 'sensor', sensorId: this.sensorId, state: 'online', hostname: this.hostname, lastSeen: now })
    if (policies.policy !== undefined) this.sendPolicy(policies.policy)
    await offers.greet(this)
  }

  async #handle(message: SensorMessage): Promise<void> {
    if (message.batch !== undefined) {
      const answer = await this.#services.intake.take(this, message.batch, this.#ending.signal)
      if (answer !== undefined) this.#send(answer)
    } else if (message.heartbeat !== undefined) {
      await this.#heartbeat(message.heartbeat)
    } else if (message.modelStatus !== undefined) {
      const kind = await this.#services.offers.record(this, message.modelStatus)
      if (kind !== undefined) this.#setActiveModel(kind, message.modelStatus)
    } else if (message.commandResult !== undefined) {
      this.#services.logger.info({ sensorId: this.sensorId, ...message.commandResult }, 'command answered')
    } else {
      throw new StreamEnd(status.INVALID_ARGUMENT, 'a message of an unknown kind, or a second hello')
    }
  }

  /** A heartbeat that cannot be stored is no reason to end the stream: the next one brings the same counters. */
  async #heartbeat(heartbeat: Heartbeat): Promise<void> {
    const { timeUs, modelSupport, ...counters } = heartbeat
    this.#clockOffsetUs = timeUs - Date.now() * 1_000
    try {
      await touchSensor(this.#services.database, {
        sensorId: this.sensorId,
        at: Date.now(),
        sensorTimeUs: timeUs,
        activeModels: this.#activeModels,
        heartbeat: counters,
      })
      await recordModelSupport(this.#services.database, this.sensorId, modelSupport)
    } catch (error) {
      this.#services.logger.warn({ sensorId: this.sensorId, error: messageOf(error) }, 'heartbeat not stored')
    }
  }

  #send(message: CollectorMessage): void {
    if (!this.#call.writableEnded && !this.#call.destroyed) this.#call.write(message)
  }

  /** Waits while the sensor does not take what was sent to it, so that answers cannot pile up. */
  async #drained(): Promise<void> {
    if (!this.#call.writableNeedDrain || this.#ending.signal.aborted) return
    await new Promise<void>((resolve) => {
      this.#call.once('drain', resolve)
      this.#ending.signal.addEventListener('abort', () => resolve(), { once: true })
    })
  }

  #finish(code: status, details: string): void {
    if (!this.#call.writableEnded) this.#call.emit('error', { code, details })
  }
}
