import type { Logger } from '../telemetry.ts'
import type { Authority, ServerIdentity } from './authority.ts'

export interface ServerCertificateOptions {
  authority: Authority
  names: readonly string[]
  /** Who shakes hands with it. */
  servers: readonly { present(identity: ServerIdentity): void }[]
  /** What they began with. */
  identity: ServerIdentity
  logger: Logger
}

/** Keeps the servers' certificate in date while the collector runs: no restart, and no connection is closed for it. */
export class ServerCertificate {
  readonly #options: ServerCertificateOptions
  #current: ServerIdentity

  constructor(options: ServerCertificateOptions) {
    this.#options = options
    this.#current = options.identity
  }

  /** Asks the authority for what should be presented now; another certificate goes to every server. */
  async renew(now = new Date()): Promise<void> {
    const { authority, names, servers, logger } = this.#options
    const identity = await authority.serverIdentity(names, now)
    if (identity.chain === this.#current.chain) return
    for (const server of servers) server.present(identity)
    this.#current = identity
    logger.info({ certificateUntil: identity.notAfter }, 'server certificate renewed')
  }
}
