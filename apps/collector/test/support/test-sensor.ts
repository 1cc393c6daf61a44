import { zstdCompressSync } from 'node:zlib'
import { credentials, status, type ClientDuplexStream, type ServiceError } from '@grpc/grpc-js'
import {
  EnrolmentServiceClient,
  Records,
  SensorMessage,
  SensorServiceClient,
  SensorServiceService,
  type CollectorMessage,
  type EnrolRequest,
  type EnrolResponse,
  type Hello,
  type RenewCertificateResponse,
} from '@picket/proto'
import { createSigningRequest, mutualTls, type SensorIdentity } from './sensor-identity.ts'
import { until } from './until.ts'

/** Asks for an identity as a sensor does, the authority already trusted; gives the identity or the refusal. */
export async function enrol(
  address: string,
  authorityPem: string,
  request: Partial<EnrolRequest> & { token: string },
): Promise<SensorIdentity | ServiceError> {
  const client = new EnrolmentServiceClient(address, credentials.createSsl(Buffer.from(authorityPem)))
  const { key, der } = await createSigningRequest()
  const full = { hostname: 'web-01', platform: 'linux-x64', version: '0.1.0', labels: {}, osName: 'Debian', ...request }
  try {
    const response = await new Promise<EnrolResponse | ServiceError>((resolve) => {
      client.enrol({ signingRequest: der, ...full }, (error, answer) => resolve(error ?? answer))
    })
    if (response instanceof Error) return response
    const { sensorId, certificateChain: chain, authorities } = response
    return { sensorId, hostname: full.hostname, key, chain, authorities }
  } finally {
    client.close()
  }
}

/** Asks for the next certificate, for a key of its own, over mutual TLS; gives the identity with it or the refusal. */
export async function renew(
  address: string,
  identity: SensorIdentity,
  signingRequest?: Uint8Array,
): Promise<SensorIdentity | ServiceError> {
  const client = new SensorServiceClient(address, mutualTls(identity))
  const { key, der } = await createSigningRequest()
  try {
    const response = await new Promise<RenewCertificateResponse | ServiceError>((resolve) => {
      client.renewCertificate({ signingRequest: signingRequest ?? der }, (error, answer) => resolve(error ?? answer))
    })
    return response instanceof Error ? response : { ...identity, key, chain: response.certificateChain }
  } finally {
    client.close()
  }
}

function encodeMessage(message: SensorMessage | Uint8Array): Buffer {
  return Buffer.from(message instanceof Uint8Array ? message : SensorMessage.encode(message).finish())
}

/** One stream of one sensor, with everything the collector said on it. */
export class TestStream {
  readonly received: CollectorMessage[] = []
  readonly identity: SensorIdentity
  readonly client: SensorServiceClient
  readonly #call: ClientDuplexStream<SensorMessage | Uint8Array, CollectorMessage>
  #end: { code: status; details: string } | undefined

  constructor(address: string, identity: SensorIdentity) {
    this.identity = identity
    this.client = new SensorServiceClient(address, mutualTls(identity))
    const { path, responseDeserialize } = SensorServiceService.connect
    this.#call = this.client.makeBidiStreamRequest(path, encodeMessage, responseDeserialize)
    this.#call.on('data', (message: CollectorMessage) => this.received.push(message))
    this.#call.on('error', (error: ServiceError) => (this.#end ??= { code: error.code, details: error.details }))
    this.#call.on('status', (end) => (this.#end ??= { code: end.code, details: end.details }))
  }

  /** Sends a message, or octets that are to be none. */
  send(message: SensorMessage | Uint8Array): void {
    this.#call.write(message)
  }

  hello(changes: Partial<Hello> = {}): void {
    this.send({
      hello: {
        sensorId: this.identity.sensorId,
        version: '0.1.0',
        hostname: this.identity.hostname,
        platform: 'linux-x64',
        epoch: 1,
        timeUs: Date.now() * 1_000,
        featureSetHash: '',
        activeModels: {},
        interfaceNames: ['eth0'],
        labels: {},
        osName: 'Debian',
        ...changes,
      },
    })
  }

  batch(sequence: number, records: Partial<Records>, epoch = 1): void {
    const payload = zstdCompressSync(Records.encode(Records.fromPartial(records)).finish())
    this.send({ batch: { epoch, sequence, createdUs: Date.now() * 1_000, payload } })
  }

  heartbeat(timeUs = Date.now() * 1_000): void {
    const counters = {
      flowsMetered: 0,
      packetsRead: 0,
      spoolBatches: 0,
      spoolBytes: 0,
      flowsDiscarded: 0,
      processStartedUs: 0,
      modelSupport: [],
    }
    this.send({ heartbeat: { timeUs, ...counters } })
  }

  /** The first message that has this field, once there is one. */
  async message<K extends keyof CollectorMessage>(field: K): Promise<NonNullable<CollectorMessage[K]>> {
    const message = await until(`a message with ${field}`, () => {
      if (this.#end !== undefined) throw new Error(`the stream ended: ${JSON.stringify(this.#end)}`)
      return this.received.find((candidate) => candidate[field] !== undefined)
    })
    return message[field]!
  }

  async acknowledged(sequence: number): Promise<void> {
    await until(`acknowledgement of ${sequence}`, () => this.lastAcknowledged >= sequence, 60_000)
  }

  get lastAcknowledged(): number {
    return Math.max(0, ...this.received.map((message) => message.acknowledgement?.sequence ?? 0))
  }

  /** How the collector ended the stream. */
  async ended(): Promise<{ code: status; details: string }> {
    return await until('the end of the stream', () => this.#end)
  }

  close(): void {
    this.#call.cancel()
    this.client.close()
  }
}
