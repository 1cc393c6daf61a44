import { createHash, generateKeyPairSync, randomBytes, randomUUID, sign } from 'node:crypto'
import { zstdDecompressSync } from 'node:zlib'
import { Server, ServerCredentials, status, type ServerDuplexStream, type StatusObject } from '@grpc/grpc-js'
import {
  EnrolmentServiceService,
  Records,
  SensorServiceService,
  type Batch,
  type CollectorMessage,
  type EnrolmentServiceServer,
  type EnrolRequest,
  type EnrolResponse,
  type Hello,
  type ModelOffer,
  type SensorMessage,
  type SensorServiceServer,
} from '@picket/proto'
import type { Identity } from '../src/enrol/identity.ts'
import { TestAuthority } from './test-authority.ts'

type Stream = ServerDuplexStream<SensorMessage, CollectorMessage>

/** What the test wants done with one batch; `undefined` stores and acknowledges it. */
export type BatchVerdict = 'drop-stream' | 'hold' | 'reject' | 'store-silently' | undefined

/**
 * A collector in memory that speaks picket.v1 over real TLS on a port of its own: enough of the contract to see what
 * a sensor does when the stream breaks, batches are refused or models are offered.
 */
export class TestCollector {
  readonly authority: TestAuthority
  readonly tokens = new Set<string>()
  readonly hellos: Hello[] = []
  readonly messages: SensorMessage[] = []
  /** Every batch that arrived, resent ones included. */
  readonly arrived: Batch[] = []
  /** False counts batches without keeping them, for runs of any length. */
  keepsBatches = true
  flowsStored = 0
  /** Stored once each, by epoch and sequence. */
  readonly stored = new Map<string, Records>()
  readonly streams = new Set<Stream>()
  /** Called with every message, and with the records of every batch once, kept or not. */
  onMessage: (message: SensorMessage) => void = () => undefined
  onRecords: (records: Records) => void = () => undefined
  onBatch: (batch: Batch, count: number) => BatchVerdict = () => undefined
  refuseStreams: { code: status; details: string } | undefined
  models = new Map<string, Uint8Array>()
  /** Octets after which a download breaks off, once. */
  breakDownloadAfter: number | undefined
  downloadOffsets: number[] = []
  /** Name in renewed certificates instead of the one that asks. */
  renewAs: string | undefined
  readonly #cursors = new Map<number, number>()
  readonly #signing = generateKeyPairSync('ed25519')
  #servers: Server[] = []
  streamPort = 0
  enrolPort = 0

  private constructor(authority: TestAuthority) {
    this.authority = authority
  }

  static async create(names: readonly string[] = ['localhost', '127.0.0.1']): Promise<TestCollector> {
    const collector = new TestCollector(await TestAuthority.create())
    await collector.listen(names)
    return collector
  }

  async listen(names: readonly string[] = ['localhost', '127.0.0.1'], authority = this.authority): Promise<void> {
    const { chain, key } = await authority.issueServer(names)
    const pair = [{ private_key: Buffer.from(key), cert_chain: Buffer.from(chain) }]
    const stream = new Server()
    stream.addService(SensorServiceService, this.#sensorService())
    const enrol = new Server()
    enrol.addService(EnrolmentServiceService, this.#enrolmentService())
    this.#servers = [stream, enrol]
    const mutual = ServerCredentials.createSsl(Buffer.from(this.authority.pem), pair, true)
    this.streamPort = await bind(stream, this.streamPort, mutual)
    this.enrolPort = await bind(enrol, this.enrolPort, ServerCredentials.createSsl(null, pair, false))
  }

  /** Breaks every connection at once, as a crash would. */
  stop(): void {
    for (const server of this.#servers.splice(0)) server.forceShutdown()
  }

  createToken(): string {
    const secret = randomBytes(32).toString('base64url')
    this.tokens.add(secret)
    return `picket1_${secret}_${this.authority.fingerprint}`
  }

  /** An identity whose certificate counts from a day ago, for two days unless told otherwise. */
  async createIdentity(lifeMs?: number): Promise<Identity> {
    const sensorId = randomUUID()
    return { sensorId, ...(await this.authority.issueIdentity(sensorId, lifeMs)) }
  }

  broadcast(message: CollectorMessage): void {
    for (const stream of this.streams) stream.write(message)
  }

  /** Registers an archive for download and makes the offer for it. */
  offer(archive: Uint8Array, offer: Pick<ModelOffer, 'modelId' | 'kind' | 'featureSetHash'>): ModelOffer {
    this.models.set(offer.modelId, archive)
    const sha256 = createHash('sha256').update(archive).digest()
    const signingKey = Buffer.from(this.#signing.publicKey.export({ format: 'jwk' }).x ?? '', 'base64url')
    return {
      ...offer,
      sizeBytes: archive.length,
      sha256,
      signature: sign(null, sha256, this.#signing.privateKey),
      signingKey,
    }
  }

  #enrolmentService(): EnrolmentServiceServer {
    return {
      enrol: async (call, callback) => {
        const answer = await this.#enrol(call.request)
        callback(...answer)
      },
    }
  }

  async #enrol(request: EnrolRequest): Promise<[Partial<StatusObject> | null, EnrolResponse?]> {
    if (!this.tokens.delete(request.token))
      return [{ code: status.UNAUTHENTICATED, details: 'token unknown, expired, used or revoked' }]
    const sensorId = randomUUID()
    try {
      const certificateChain = await this.authority.issueSensor(request.signingRequest, sensorId)
      return [null, { sensorId, certificateChain, authorities: this.authority.pem }]
    } catch (error) {
      return [{ code: status.INVALID_ARGUMENT, details: String(error) }]
    }
  }

  #sensorService(): SensorServiceServer {
    return {
      connect: (call) => {
        if (this.refuseStreams) {
          call.emit('error', this.refuseStreams)
          return
        }
        this.streams.add(call)
        call.on('data', (message: SensorMessage) => this.#receive(call, message))
        call.on('end', () => call.end())
        call.on('error', () => this.streams.delete(call))
        call.on('close', () => this.streams.delete(call))
      },
      downloadModel: (call) => {
        const archive = this.models.get(call.request.modelId)
        this.downloadOffsets.push(call.request.offset)
        const limit = this.breakDownloadAfter ?? Number.POSITIVE_INFINITY
        this.breakDownloadAfter = undefined
        if (!archive) return call.emit('error', { code: status.NOT_FOUND, details: 'no such model' })
        for (let offset = call.request.offset; offset < archive.length && offset < limit; offset += 1024) {
          call.write({ offset, data: archive.subarray(offset, Math.min(offset + 1024, limit)) })
        }
        if (limit < archive.length) call.emit('error', { code: status.UNAVAILABLE, details: 'broken off' })
        else call.end()
        return true
      },
      renewCertificate: async (call, callback) => {
        const sensorId = this.renewAs ?? String(call.getAuthContext().sslPeerCertificate?.subject.CN)
        callback(null, {
          certificateChain: await this.authority.issueSensor(call.request.signingRequest, sensorId),
        })
      },
    }
  }

  #receive(call: Stream, message: SensorMessage): void {
    if (this.keepsBatches) this.messages.push(message)
    this.onMessage(message)
    if (message.hello) {
      this.hellos.push(message.hello)
      const acknowledgedSequence = this.#cursors.get(message.hello.epoch) ?? 0
      call.write({ welcome: { acknowledgedSequence, timeUs: Date.now() * 1000, collectorVersion: 'test' } })
    }
    if (message.batch) this.#take(call, message.batch)
  }

  #take(call: Stream, batch: Batch): void {
    if (this.keepsBatches) this.arrived.push(batch)
    const { epoch, sequence } = batch
    const verdict = this.onBatch(batch, this.arrived.length)
    if (verdict === 'hold') return
    if (verdict === 'reject') {
      call.write({ rejection: { epoch, sequence, code: 'invalid', detail: 'refused by the test' } })
      return
    }
    if (verdict === 'drop-stream') {
      call.emit('error', { code: status.UNAVAILABLE, details: 'dropped by the test' })
      return
    }
    const cursor = this.#cursors.get(epoch) ?? 0
    if (sequence > cursor) {
      this.#cursors.set(epoch, sequence)
      const records = Records.decode(zstdDecompressSync(batch.payload))
      this.flowsStored += records.flows.length
      this.onRecords(records)
      if (this.keepsBatches) this.stored.set(`${epoch}/${sequence}`, records)
    }
    if (verdict !== 'store-silently') call.write({ acknowledgement: { epoch, sequence: Math.max(cursor, sequence) } })
  }
}

function bind(server: Server, port: number, credentials: ServerCredentials): Promise<number> {
  return new Promise((resolve, reject) => {
    server.bindAsync(`127.0.0.1:${port}`, credentials, (error, bound) => (error ? reject(error) : resolve(bound)))
  })
}
