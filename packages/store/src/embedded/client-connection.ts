import type { Socket } from 'node:net'
import {
  closeStatements,
  errorResponse,
  startupResponse,
  unsupportedQuery,
  type EngineError,
} from './backend-messages.ts'
import { FrontendReader, type FrontendUnit } from './frontend-messages.ts'
import type { SessionGate } from './session-gate.ts'

export interface ClientConnectionOptions {
  id: number
  socket: Socket
  gate: SessionGate
  /** Parameters told to the client at start-up, e.g. `server_version`. */
  parameters: Record<string, string>
  onEnd: () => void
}

const COPY_UNSUPPORTED = unsupportedQuery(
  'COPY FROM STDIN is not supported by the embedded engine: use INSERT ... SELECT unnest(...)',
)

/**
 * One client of the embedded engine. Units are executed one after another; the socket is not read while one waits or
 * runs, so a client buffers at most one unit here.
 */
export class ClientConnection {
  readonly id: number
  readonly #socket: Socket
  readonly #gate: SessionGate
  readonly #reader: FrontendReader
  readonly #options: ClientConnectionOptions
  #busy = false
  #ended = false

  constructor(options: ClientConnectionOptions) {
    this.id = options.id
    this.#options = options
    this.#socket = options.socket
    this.#gate = options.gate
    this.#reader = new FrontendReader(`c${options.id}_`)
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (chunk) => {
      this.#reader.push(chunk)
      if (!this.#busy) void this.#serve()
    })
    this.#socket.on('error', () => this.end())
    this.#socket.on('close', () => this.end())
  }

  /** Tells the client why and hangs up. */
  refuse(error: EngineError): void {
    this.#socket.write(errorResponse(error))
    this.end()
  }

  end(): void {
    if (this.#ended) return
    this.#ended = true
    this.#gate.release(this.id)
    const { statements } = this.#reader
    // When the backend is broken there is nothing left to close.
    if (statements.size > 0) this.#gate.execute(this.id, closeStatements(statements)).catch(() => undefined)
    this.#socket.destroySoon()
    this.#options.onEnd()
  }

  async #serve(): Promise<void> {
    this.#busy = true
    this.#socket.pause()
    for (let unit = this.#reader.next(); unit && !this.#ended; unit = this.#reader.next()) {
      await this.#answer(unit)
    }
    this.#busy = false
    if (!this.#ended) this.#socket.resume()
  }

  async #answer(unit: FrontendUnit): Promise<void> {
    switch (unit.kind) {
      case 'encryption-request':
        this.#socket.write('N')
        return
      case 'startup':
        this.#socket.write(startupResponse(this.#options.parameters, this.id))
        return
      case 'execute':
        return this.#execute(unit)
      case 'malformed':
        return this.refuse({ severity: 'FATAL', code: '08P01', message: `protocol violation: ${unit.reason}` })
      case 'cancel-request':
      case 'terminate':
        return this.end()
    }
  }

  async #execute(unit: FrontendUnit & { kind: 'execute' }): Promise<void> {
    try {
      const response = await this.#gate.execute(this.id, unit.copyFromClient ? COPY_UNSUPPORTED : unit.bytes)
      if (response.length > 0 && !this.#ended) this.#socket.write(response)
    } catch (error) {
      if (!this.#ended) this.refuse({ severity: 'FATAL', code: '57P01', message: (error as Error).message })
    }
  }
}
