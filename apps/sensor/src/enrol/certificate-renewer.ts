import { createPrivateKey, X509Certificate } from 'node:crypto'
import type { RenewCertificateResponse, SensorServiceClient } from '@picket/proto'
import { Metadata } from '@grpc/grpc-js'
import type { Stage } from '../observation.ts'
import { saveIdentity, type Identity } from './identity.ts'

const CHECK_EVERY_MS = 6 * 3_600_000
const CALL_TIMEOUT_MS = 20_000
/** Share of a certificate's life after which the next one is asked for: 30 of 90 days are left for an absent collector. */
const RENEW_AFTER = 2 / 3

export interface CertificateRenewerOptions {
  readonly identity: Identity
  readonly stateFolder: string
  /** The channel in use; undefined while there is no stream. */
  readonly client: () => SensorServiceClient | undefined
  /** Milliseconds since the epoch. */
  readonly nowMs: () => number
  /** Told of every renewal, and of every attempt that failed, with its error. */
  readonly onRenewed: (until: Date) => void
  readonly onFailure: (error: unknown, daysLeft: number) => void
}

/**
 * Keeps the sensor's certificate good: asks over the stream's own channel for the next one, for the same key, when two
 * thirds of its life are over. The next stream uses it.
 */
export class CertificateRenewer implements Stage {
  readonly #options: CertificateRenewerOptions
  #identity: Identity
  #timer: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined

  constructor(options: CertificateRenewerOptions) {
    this.#options = options
    this.#identity = options.identity
  }

  /** The identity with the newest certificate. */
  get identity(): Identity {
    return this.#identity
  }

  start(): Promise<void> {
    this.#timer ??= setInterval(() => void this.check(), CHECK_EVERY_MS)
    return this.check()
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer)
    await this.#running
  }

  /** Renews if it is time and the collector is there; to be called on every new stream as well. */
  check(): Promise<void> {
    this.#running ??= this.#check().finally(() => (this.#running = undefined))
    return this.#running
  }

  async #check(): Promise<void> {
    const { client, nowMs, stateFolder, onRenewed, onFailure } = this.#options
    const { validFromDate, validToDate } = new X509Certificate(this.#identity.certificateChain)
    const life = validToDate.getTime() - validFromDate.getTime()
    if (nowMs() >= validToDate.getTime()) {
      onFailure(new Error('it has ended: remove the state folder and enrol again with a new token'), 0)
      return
    }
    const channel = client()
    if (!channel || nowMs() < validFromDate.getTime() + life * RENEW_AFTER) return
    try {
      const next = await this.#ask(channel)
      await saveIdentity(stateFolder, next)
      this.#identity = next
      onRenewed(new X509Certificate(next.certificateChain).validToDate)
    } catch (error) {
      onFailure(error, Math.floor((validToDate.getTime() - nowMs()) / 86_400_000))
    }
  }

  async #ask(channel: SensorServiceClient): Promise<Identity> {
    const { sensorId, privateKey } = this.#identity
    // Loaded when it is needed, once in two months: the X.509 library takes 9 MB of resident memory.
    const { createSigningRequest } = await import('./signing-request.ts')
    const signingRequest = await createSigningRequest(privateKey, sensorId)
    const deadline = Date.now() + CALL_TIMEOUT_MS
    const { certificateChain } = await new Promise<RenewCertificateResponse>((resolve, reject) => {
      channel.renewCertificate({ signingRequest }, new Metadata(), { deadline }, (error, response) =>
        error ? reject(error) : resolve(response),
      )
    })
    const certificate = new X509Certificate(certificateChain)
    const isOurs = certificate.subject === `CN=${sensorId}` && certificate.checkPrivateKey(createPrivateKey(privateKey))
    if (!isOurs) throw new Error('the collector answered with a certificate that is not for this sensor')
    return { ...this.#identity, certificateChain }
  }
}
