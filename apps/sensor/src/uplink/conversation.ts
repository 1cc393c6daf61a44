import { chain } from '../chain.ts'
import { CertificateRenewer } from '../enrol/certificate-renewer.ts'
import type { Identity } from '../enrol/identity.ts'
import { reasonOf } from '../errors.ts'
import type { Stage } from '../observation.ts'
import { CollectorOrders, type CollectorOrdersOptions } from './collector-orders.ts'
import { Uplink, type UplinkOptions } from './uplink.ts'

type UplinkNeeds = Omit<UplinkOptions, 'identity' | 'handlers'>
type OrdersNeeds = Omit<CollectorOrdersOptions, 'retire' | 'send' | 'client'>

export interface ConversationOptions extends UplinkNeeds, OrdersNeeds {
  readonly identity: Identity
  readonly stateFolder: string
}

/** All that is said between this sensor and its collector: the stream, the orders that come on it, the certificate's renewal. */
export interface Conversation extends Stage {
  /** Told when something was appended to the spool. */
  wake(): void
  /** Settles when the collector removed this sensor. */
  readonly retired: Promise<void>
}

export function createConversation(options: ConversationOptions): Conversation {
  const { identity, stateFolder, logger, onState } = options
  const retired = Promise.withResolvers<void>()
  const orders: CollectorOrders = new CollectorOrders({
    ...options,
    retire: () => retired.resolve(),
    send: (message) => uplink.send(message),
    client: () => uplink.client,
  })
  const renewer: CertificateRenewer = new CertificateRenewer({
    identity,
    stateFolder,
    client: () => uplink.client,
    nowMs: Date.now,
    onRenewed: (until) => logger.info({ until }, 'certificate renewed'),
    onFailure: (error, daysLeft) => logger.warn({ reason: reasonOf(error), daysLeft }, 'certificate not renewed'),
  })
  const uplink: Uplink = new Uplink({
    ...options,
    identity: () => renewer.identity,
    handlers: orders,
    onState: (state) => {
      onState(state)
      if (state.state === 'connected') void renewer.check()
    },
  })
  return { ...chain([uplink, renewer]), retired: retired.promise, wake: () => uplink.wake() }
}
