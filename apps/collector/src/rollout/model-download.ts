import { open } from 'node:fs/promises'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { status, type ServerWritableStream } from '@grpc/grpc-js'
import type { DownloadModelRequest, ModelChunk } from '@picket/proto'
import { messageOf } from '../errors.ts'
import type { Logger, Telemetry } from '../telemetry.ts'
import type { ModelOffers } from './model-offers.ts'

const CHUNK_OCTETS = 256 * 1024

type DownloadCall = ServerWritableStream<DownloadModelRequest, ModelChunk>

/** Sends model archives in chunks, from wherever an interrupted download stopped. */
export class ModelDownload {
  readonly #offers: ModelOffers
  readonly #dataFolder: string
  readonly #telemetry: Telemetry
  readonly #logger: Logger

  constructor(offers: ModelOffers, dataFolder: string, telemetry: Telemetry, logger: Logger) {
    this.#offers = offers
    this.#dataFolder = dataFolder
    this.#telemetry = telemetry
    this.#logger = logger
  }

  async send(call: DownloadCall, sensorId: string): Promise<void> {
    const { modelId, offset } = call.request
    const model = this.#offers.get(modelId)
    if (model === undefined) {
      call.emit('error', { code: status.NOT_FOUND, details: 'no such model' })
      return
    }
    if (offset > model.sizeBytes) {
      call.emit('error', { code: status.OUT_OF_RANGE, details: `the archive has ${model.sizeBytes} octets` })
      return
    }
    try {
      await this.#sendFile(call, resolve(this.#dataFolder, model.path), offset)
      if (!call.cancelled) call.end()
    } catch (error) {
      this.#logger.error({ sensorId, modelId, error: messageOf(error) }, 'model archive not sent')
      call.emit('error', { code: status.UNAVAILABLE, details: 'the model archive cannot be read' })
    }
  }

  async #sendFile(call: DownloadCall, path: string, from: number): Promise<void> {
    const file = await open(path, 'r')
    try {
      let offset = from
      while (!call.cancelled && !call.destroyed) {
        const data = new Uint8Array(CHUNK_OCTETS)
        const { bytesRead } = await file.read(data, 0, CHUNK_OCTETS, offset)
        if (bytesRead === 0) return
        this.#telemetry.add('modelChunkSent', bytesRead)
        const hasRoom = call.write({ offset, data: data.subarray(0, bytesRead) })
        offset += bytesRead
        if (!hasRoom) await Promise.race([once(call, 'drain'), once(call, 'cancelled')])
      }
    } finally {
      await file.close()
    }
  }
}
