import { createHash, randomUUID } from 'node:crypto'
import { status, type ServerUnaryCall, type sendUnaryData } from '@grpc/grpc-js'
import type { EnrolRequest, EnrolResponse, EnrolmentServiceServer } from '@picket/proto'
import { consumeToken, createSensor, recordAudit } from '@picket/store'
import type { Database, Labels } from '@picket/store'
import { messageOf } from '../errors.ts'
import type { LiveFeed } from '../notify/live-feed.ts'
import type { Logger, Telemetry } from '../telemetry.ts'
import type { AttemptLimiter } from './attempt-limiter.ts'
import type { Authority } from './authority.ts'
import { MAX_SIGNING_REQUEST_OCTETS, parseSigningRequest } from './certificates.ts'
import { secretHash } from './token.ts'

const MAX_TEXT = 255
const MAX_LABELS = 32

export interface EnrolmentOptions {
  database: Database
  authority: Authority
  limiter: AttemptLimiter
  live: LiveFeed
  telemetry: Telemetry
  logger: Logger
}

/** What a refused host is told; the reason a token failed stays in the collector's log. */
interface Refusal {
  code: status
  details: string
  /** For the operator's log. */
  cause: string
}

const TOKEN_REFUSED = 'the token is unknown, expired, used or revoked; create a new one in the console'

/** Exchanges a single-use token and a signing request for an identity. */
export class EnrolmentService {
  readonly #options: EnrolmentOptions

  constructor(options: EnrolmentOptions) {
    this.#options = options
  }

  /** The handlers to register with a server. */
  get handlers(): EnrolmentServiceServer {
    return { enrol: (call, callback) => void this.#answer(call, callback) }
  }

  async #answer(
    call: ServerUnaryCall<EnrolRequest, EnrolResponse>,
    callback: sendUnaryData<EnrolResponse>,
  ): Promise<void> {
    const { limiter, telemetry, logger } = this.#options
    const address = addressOf(call.getPeer())
    if (!limiter.take(address)) {
      telemetry.add('enrolmentLimited')
      callback({
        code: status.RESOURCE_EXHAUSTED,
        details: 'too many failed attempts from this address; wait a minute',
      })
      return
    }
    try {
      const outcome = await this.#enrol(call.request)
      if ('cause' in outcome) {
        telemetry.add('enrolmentRefused')
        logger.warn({ address, hostname: call.request.hostname, reason: outcome.cause }, 'enrolment refused')
        callback({ code: outcome.code, details: outcome.details })
        return
      }
      limiter.giveBack(address)
      telemetry.add('enrolmentAccepted')
      callback(null, outcome)
    } catch (error) {
      limiter.giveBack(address)
      logger.error({ address, error: messageOf(error) }, 'enrolment failed')
      callback({ code: status.UNAVAILABLE, details: 'the collector cannot reach its store; try again' })
    }
  }

  /** A malformed request does not use up the token. */
  async #enrol(request: EnrolRequest): Promise<EnrolResponse | Refusal> {
    const { database, authority, live, logger } = this.#options
    const malformed = findMalformed(request)
    if (malformed !== undefined) return invalid(malformed)
    const signing = await parseSigningRequest(request.signingRequest)
    if (!signing.ok) return invalid(signing.reason)
    const sensorId = randomUUID()
    const certificate = await authority.issueSensor(sensorId, signing.publicKey)
    const use = await database.transaction(async (transaction) => {
      const token = await consumeToken(transaction, secretHash(request.token))
      if (!token.ok) return token
      await createSensor(transaction, {
        sensorId,
        hostname: request.hostname,
        platform: request.platform,
        osName: request.osName,
        version: request.version,
        labels: mergeLabels(request.labels, token.labels),
        tokenId: token.tokenId,
        certificateSha256: createHash('sha256').update(Buffer.from(certificate.rawData)).digest('hex'),
        certificateExpiresAt: certificate.notAfter,
      })
      await recordAudit(transaction, {
        actor: `sensor:${sensorId}`,
        action: 'sensor.enrol',
        subject: sensorId,
        detail: { hostname: request.hostname, tokenId: token.tokenId },
      })
      return token
    })
    if (!use.ok) return { code: status.UNAUTHENTICATED, details: TOKEN_REFUSED, cause: `token ${use.reason}` }
    logger.info({ sensorId, hostname: request.hostname }, 'sensor enrolled')
    live.publish({ type: 'sensor', sensorId, state: 'enrolled', hostname: request.hostname, lastSeen: null })
    return {
      sensorId,
      certificateChain: `${certificate.toString('pem')}\n${authority.certificatePem}`,
      authorities: authority.certificatePem,
    }
  }
}

function invalid(details: string): Refusal {
  return { code: status.INVALID_ARGUMENT, details, cause: details }
}

function findMalformed(request: EnrolRequest): string | undefined {
  if (request.token === '' || request.token.length > MAX_TEXT) return 'the token is empty or too long'
  if (request.signingRequest.length > MAX_SIGNING_REQUEST_OCTETS) return 'the signing request is too long'
  if (request.hostname === '') return 'the host name is empty'
  const texts = [request.hostname, request.platform, request.version, request.osName]
  const labels = Object.entries(request.labels)
  if (labels.length > MAX_LABELS) return `more than ${MAX_LABELS} labels`
  const tooLong = [...texts, ...labels.flat()].some((text) => text.length > MAX_TEXT)
  return tooLong ? `a text of more than ${MAX_TEXT} characters` : undefined
}

/** The token's labels win: they were set by the person who allowed the host in. */
function mergeLabels(own: Labels, fromToken: Labels): Labels {
  return { ...own, ...fromToken }
}

/** The address of `address:port` as gRPC names a peer. */
function addressOf(peer: string): string {
  return peer.replace(/:\d+$/, '').replace(/^\[(.*)\]$/, '$1')
}
