import type {
  Command,
  ModelOffer,
  ModelWithdrawal,
  Policy,
  Rejection,
  SensorMessage,
  SensorServiceClient,
} from '@picket/proto'
import type { Logger } from 'pino'
import { reasonOf } from '../errors.ts'
import type { SpoolRecord } from '../spool/record.ts'
import type { ModelUpdater } from './model-updater.ts'
import type { RejectedSamples } from './rejected-samples.ts'
import type { CollectorHandlers } from './stream-session.ts'

export interface CollectorOrdersOptions {
  readonly models: ModelUpdater
  readonly rejectedSamples: RejectedSamples
  readonly logger: Logger
  readonly applyPolicy: (policy: Policy) => Promise<void>
  /** Ends all flows and hands everything to the spool. */
  readonly flush: () => Promise<void>
  readonly retire: () => void
  readonly send: (message: SensorMessage) => void
  readonly client: () => SensorServiceClient | undefined
}

/** What the collector asks of a sensor, carried out and answered. A failing order never ends the stream. */
export class CollectorOrders implements Omit<CollectorHandlers, 'onWelcome'> {
  readonly #options: CollectorOrdersOptions

  constructor(options: CollectorOrdersOptions) {
    this.#options = options
  }

  readonly onPolicy = (policy: Policy): void => {
    const { applyPolicy, logger } = this.#options
    applyPolicy(policy).then(
      () => logger.info({ revision: policy.revision }, 'policy applied'),
      (error: unknown) => logger.warn({ revision: policy.revision, reason: reasonOf(error) }, 'policy not kept'),
    )
  }

  readonly onModelOffer = (offer: ModelOffer): void => {
    const { models, client, send, logger } = this.#options
    const channel = client()
    if (!channel) return
    void models.handle(offer, channel, (modelStatus) => {
      logger.info({ ...modelStatus, kind: offer.kind }, 'model offer')
      send({ modelStatus })
    })
  }

  readonly onModelWithdrawal = (withdrawal: ModelWithdrawal): void => {
    const { models, send, logger } = this.#options
    void models.withdraw(withdrawal, (modelStatus) => {
      logger.info({ ...modelStatus, kind: withdrawal.kind }, 'model withdrawal')
      send({ modelStatus })
    })
  }

  readonly onCommand = (command: Command): void => {
    const { commandId } = command
    const { flush, retire, send, logger } = this.#options
    const answer = (ok: boolean, detail = '') => {
      logger.info({ commandId, ok, detail }, 'command')
      send({ commandResult: { commandId, ok, detail } })
    }
    if (command.flush) {
      flush().then(
        () => answer(true),
        (error: unknown) => answer(false, reasonOf(error)),
      )
    } else if (command.retire) {
      answer(true)
      retire()
    } else answer(false, 'this version does not know the command')
  }

  readonly onRejection = (rejection: Rejection, record: SpoolRecord | undefined): void => {
    const { rejectedSamples, logger } = this.#options
    logger.warn({ ...rejection, flows: record?.flows ?? 0 }, 'batch rejected')
    if (!record) return
    rejectedSamples
      .keep(rejection, record)
      .catch((error: unknown) => logger.warn({ reason: reasonOf(error) }, 'sample of rejected batch not kept'))
  }
}
