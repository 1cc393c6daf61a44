import { createHash } from 'node:crypto'
import {
  status,
  type sendUnaryData,
  type ServerDuplexStream,
  type ServerUnaryCall,
  type ServerWritableStream,
} from '@grpc/grpc-js'
import type {
  CollectorMessage,
  DownloadModelRequest,
  ModelChunk,
  RenewCertificateRequest,
  RenewCertificateResponse,
  SensorMessage,
  SensorServiceServer,
} from '@picket/proto'
import { adoptCertificate, getSensorForAuth } from '@picket/store'
import type { CertificateRenewal } from '../enroll/certificate-renewal.ts'
import { messageOf } from '../errors.ts'
import type { ModelDownload } from '../rollout/model-download.ts'
import type { Stage } from '../stage.ts'
import { SensorSession } from './sensor-session.ts'
import type { SessionServices } from './sensor-session.ts'

type Call = Pick<ServerDuplexStream<SensorMessage, CollectorMessage>, 'getAuthContext' | 'getPeer'>
type Identity = { ok: true; sensorId: string } | { ok: false; code: status; details: string }

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/

/** The stream, the model download and the renewal of certificates, for sensors whose certificate the fleet issued and has not withdrawn. */
export class SensorService implements Stage {
  readonly #services: SessionServices
  readonly #download: ModelDownload
  readonly #renewal: CertificateRenewal
  readonly #sessions = new Map<SensorSession, Promise<void>>()
  #stopping = false

  constructor(services: SessionServices, download: ModelDownload, renewal: CertificateRenewal) {
    this.#services = services
    this.#download = download
    this.#renewal = renewal
  }

  get handlers(): SensorServiceServer {
    return {
      connect: (call) => void this.#connect(call),
      downloadModel: (call) => void this.#downloadModel(call),
      renewCertificate: (call, callback) => void this.#renewCertificate(call, callback),
    }
  }

  async start(): Promise<void> {}

  /** Ends all streams and waits until nothing of them is under way. */
  async stop(): Promise<void> {
    this.#stopping = true
    for (const session of this.#sessions.keys()) void session.end('stopping')
    await Promise.all(this.#sessions.values())
  }

  async #connect(call: ServerDuplexStream<SensorMessage, CollectorMessage>): Promise<void> {
    const identity = await this.#identify(call)
    if (!identity.ok) {
      call.emit('error', { code: identity.code, details: identity.details })
      return
    }
    const session = new SensorSession(call, identity.sensorId, this.#services)
    this.#sessions.set(session, session.run())
    await this.#sessions.get(session)
    this.#sessions.delete(session)
  }

  async #downloadModel(call: ServerWritableStream<DownloadModelRequest, ModelChunk>): Promise<void> {
    const identity = await this.#identify(call)
    if (!identity.ok) call.emit('error', { code: identity.code, details: identity.details })
    else await this.#download.send(call, identity.sensorId)
  }

  async #renewCertificate(
    call: ServerUnaryCall<RenewCertificateRequest, RenewCertificateResponse>,
    callback: sendUnaryData<RenewCertificateResponse>,
  ): Promise<void> {
    const identity = await this.#identify(call)
    if (!identity.ok) callback({ code: identity.code, details: identity.details })
    else await this.#renewal.answer(identity.sensorId, call.request, callback)
  }

  /** TLS has verified the chain; here the certificate must be the one in use, or the next one, which then takes over. */
  async #identify(call: Call): Promise<Identity> {
    if (this.#stopping) return { ok: false, code: status.UNAVAILABLE, details: 'the collector is stopping' }
    const certificate = call.getAuthContext().sslPeerCertificate
    const sensorId = certificate?.subject.CN
    if (certificate === undefined || typeof sensorId !== 'string' || !UUID.test(sensorId)) {
      return this.#refuse(call, 'the certificate names no sensor')
    }
    try {
      const known = await getSensorForAuth(this.#services.database, sensorId)
      if (known === undefined || known === null) return this.#refuse(call, 'this sensor is not of the fleet')
      if (known.state === 'retired') return this.#refuse(call, 'this sensor was removed from the fleet')
      const sha256 = createHash('sha256').update(certificate.raw).digest('hex')
      if (known.nextCertificateSha256 === sha256) await adoptCertificate(this.#services.database, sensorId, sha256)
      else if (known.certificateSha256 !== sha256)
        return this.#refuse(call, 'this certificate was replaced by a newer one')
      return { ok: true, sensorId }
    } catch (error) {
      this.#services.logger.warn({ sensorId, error: messageOf(error) }, 'sensor not identified, store not reachable')
      return { ok: false, code: status.UNAVAILABLE, details: 'the collector cannot reach its store; try again' }
    }
  }

  #refuse(call: Call, details: string): Identity {
    this.#services.telemetry.add('streamRefused')
    this.#services.logger.warn({ peer: call.getPeer(), reason: details }, 'sensor refused')
    return { ok: false, code: status.PERMISSION_DENIED, details }
  }
}
