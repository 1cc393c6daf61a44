import { createServer, type AddressInfo, type Server as TcpServer, type Socket } from 'node:net'
import { Server, ServerCredentials, type ConnectionInjector, type ServerOptions } from '@grpc/grpc-js'
import { listenError } from './errors.ts'
import type { ServerIdentity } from './enroll/authority.ts'
import type { Stage } from './stage.ts'
import type { Telemetry } from './telemetry.ts'

/** Time the other end has for its TLS handshake, and calls have to end when the server stops. */
const HANDSHAKE_TIMEOUT_MS = 10_000
const DRAIN_MS = 3_000

/** Room for a batch of 16 MiB and its envelope; a longer message ends its stream with RESOURCE_EXHAUSTED. */
const MAX_MESSAGE_OCTETS = 20 * 1024 * 1024

/** TLS 1.3 and nothing older; with an authority given, only clients with a certificate of that authority. */
class Tls13Credentials extends ServerCredentials {
  readonly #clientAuthority: string | undefined

  constructor(identity: ServerIdentity, clientAuthority?: string) {
    super(
      {
        minVersion: 'TLSv1.3',
        requestCert: clientAuthority !== undefined,
        rejectUnauthorized: clientAuthority !== undefined,
        handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      },
      { key: identity.key, cert: identity.chain, ca: clientAuthority },
    )
    this.#clientAuthority = clientAuthority
  }

  /** Shakes hands with another certificate from now on; connections that are open keep theirs. */
  present(identity: ServerIdentity): void {
    this.updateSecureContextOptions({ key: identity.key, cert: identity.chain, ca: this.#clientAuthority })
  }

  override _equals(other: ServerCredentials): boolean {
    return this === other
  }
}

export interface RpcServerOptions {
  /** Setting that names the address, for the message when it cannot be used. */
  setting: string
  /** host:port; port 0 takes a free one. */
  listen: string
  identity: ServerIdentity
  /** PEM of the authority whose clients alone may connect; absent lets anyone in. */
  clientAuthority?: string
  /** Further connections are closed at once and counted. */
  maxConnections: number
  /** Milliseconds after which a connection without a call is closed; absent keeps it. */
  idleMs?: number
  telemetry: Telemetry
}

/** A gRPC server over TLS 1.3 whose sockets are counted and bounded before the handshake. */
export class RpcServer implements Stage {
  readonly #options: RpcServerOptions
  readonly #server: Server
  readonly #listener: TcpServer
  readonly #credentials: Tls13Credentials
  readonly #injector: ConnectionInjector
  readonly #sockets = new Set<Socket>()
  #stopping: Promise<void> | undefined

  constructor(options: RpcServerOptions, register: (server: Server) => void) {
    this.#options = options
    this.#server = new Server(serverOptions(options.idleMs))
    register(this.#server)
    this.#credentials = new Tls13Credentials(options.identity, options.clientAuthority)
    this.#injector = this.#server.createConnectionInjector(this.#credentials)
    this.#listener = createServer((socket) => this.#accept(socket))
    this.#listener.maxConnections = options.maxConnections
    this.#listener.on('drop', () => options.telemetry.add('connectionRefused'))
  }

  /** host:port it listens on, after `start`. */
  get address(): string {
    const { address, family, port } = this.#listener.address() as AddressInfo
    return family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`
  }

  /** Another certificate for connections that come from now on. */
  present(identity: ServerIdentity): void {
    this.#credentials.present(identity)
  }

  async start(): Promise<void> {
    const { setting, listen } = this.#options
    const split = listen.lastIndexOf(':')
    const host = listen.slice(0, split).replace(/^\[(.*)\]$/, '$1')
    await new Promise<void>((resolve, reject) => {
      this.#listener.once('error', (error) => reject(listenError(setting, listen, error)))
      this.#listener.listen({ host, port: Number(listen.slice(split + 1)) }, resolve)
    })
  }

  async stop(): Promise<void> {
    this.#stopping ??= this.#close()
    await this.#stopping
  }

  async #close(): Promise<void> {
    if (this.#listener.listening) this.#listener.close()
    const { promise: graceOver, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, DRAIN_MS)
    await Promise.race([graceOver, new Promise<void>((done) => this.#server.tryShutdown(() => done()))])
    clearTimeout(timer)
    this.#injector.destroy()
    this.#server.forceShutdown()
    for (const socket of this.#sockets) socket.destroy()
  }

  #accept(socket: Socket): void {
    this.#sockets.add(socket)
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    socket.once('close', () => this.#sockets.delete(socket))
    this.#injector.injectConnection(socket)
  }
}

function serverOptions(idleMs: number | undefined): ServerOptions {
  return {
    'grpc.max_receive_message_length': MAX_MESSAGE_OCTETS,
    'grpc.max_concurrent_streams': 16,
    'grpc.keepalive_time_ms': 10_000,
    'grpc.keepalive_timeout_ms': 5_000,
    'grpc.enable_channelz': 0,
    ...(idleMs === undefined ? {} : { 'grpc.max_connection_idle_ms': idleMs }),
  }
}
