import { createHash } from 'node:crypto'
import { status, type sendUnaryData } from '@grpc/grpc-js'
import type { RenewCertificateRequest, RenewCertificateResponse } from '@picket/proto'
import { prepareCertificate, recordAudit } from '@picket/store'
import type { Database } from '@picket/store'
import { messageOf } from '../errors.ts'
import type { Logger, Telemetry } from '../telemetry.ts'
import type { Authority } from './authority.ts'
import { MAX_SIGNING_REQUEST_OCTETS, parseSigningRequest } from './certificates.ts'

export interface CertificateRenewalOptions {
  database: Database
  authority: Authority
  telemetry: Telemetry
  logger: Logger
}

/** Gives sensors of the fleet their next certificate, which counts once they connect with it. */
export class CertificateRenewal {
  readonly #options: CertificateRenewalOptions

  constructor(options: CertificateRenewalOptions) {
    this.#options = options
  }

  /** Answers the request of a sensor whose present certificate has been checked. */
  async answer(
    sensorId: string,
    request: RenewCertificateRequest,
    callback: sendUnaryData<RenewCertificateResponse>,
  ): Promise<void> {
    const { telemetry, logger } = this.#options
    try {
      if (request.signingRequest.length > MAX_SIGNING_REQUEST_OCTETS) {
        callback({ code: status.INVALID_ARGUMENT, details: 'the signing request is too long' })
        return
      }
      const signing = await parseSigningRequest(request.signingRequest)
      if (!signing.ok) {
        logger.warn({ sensorId, reason: signing.reason }, 'renewal refused')
        callback({ code: status.INVALID_ARGUMENT, details: signing.reason })
        return
      }
      const chain = await this.#renew(sensorId, signing.publicKey)
      telemetry.add('certificateRenewed')
      callback(null, { certificateChain: chain })
    } catch (error) {
      logger.warn({ sensorId, error: messageOf(error) }, 'certificate not renewed')
      callback({ code: status.UNAVAILABLE, details: 'the collector cannot reach its store; try again' })
    }
  }

  async #renew(sensorId: string, publicKey: Parameters<Authority['issueSensor']>[1]): Promise<string> {
    const { database, authority, logger } = this.#options
    const certificate = await authority.issueSensor(sensorId, publicKey)
    await database.transaction(async (transaction) => {
      await prepareCertificate(transaction, sensorId, {
        certificateSha256: createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex'),
        certificateExpiresAt: certificate.notAfter,
      })
      await recordAudit(transaction, {
        actor: `sensor:${sensorId}`,
        action: 'sensor.renew',
        subject: sensorId,
        detail: { until: certificate.notAfter.toISOString() },
      })
    })
    logger.info({ sensorId, until: certificate.notAfter }, 'certificate renewed')
    return `${certificate.toString('pem')}\n${authority.certificatePem}`
  }
}
