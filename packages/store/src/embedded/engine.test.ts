import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from 'node:net'
import { Client, Pool } from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isTransient } from '../errors.ts'
import { copyTemplate } from '../testing/template.ts'
import { startEngineProcess, type EngineProcess } from '../testing/engine-process.ts'
import { startEmbedded, type EmbeddedDatabase } from './engine.ts'
import { DATA_FORMAT } from './data-folder.ts'

const IDLE_MS = 400
/** Tests that start engines of their own take seconds, on a busy machine many. */
const SLOW = { timeout: 180_000 }
let folder: string
let engine: EmbeddedDatabase

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'picket-engine-'))
  await copyTemplate(join(folder, 'data'))
  engine = await startEmbedded({
    dataDir: join(folder, 'data'),
    runDir: join(folder, 'run'),
    durable: false,
    maxClients: 12,
    idleInTransactionMs: IDLE_MS,
  })
  const client = await connected()
  await client.query('CREATE TABLE scratch (client int, n int)')
  await client.end()
})

afterAll(async () => {
  await engine?.stop()
  rmSync(folder, { recursive: true, force: true })
})

async function connected(): Promise<Client> {
  const client = new Client({ connectionString: engine.url })
  client.on('error', () => undefined)
  await client.connect()
  return client
}

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error('the condition did not come true within 60 s')
    await new Promise((done) => setTimeout(done, 10))
  }
}

test('8 clients with transactions and named statements never see each other', async () => {
  const clients = await Promise.all(Array.from({ length: 8 }, connected))
  await Promise.all(
    clients.map(async (client, id) => {
      for (let n = 0; n < 15; n++) {
        await client.query('BEGIN')
        await client.query('INSERT INTO scratch VALUES ($1, $2)', [id, n])
        // The same statement name with another meaning at each client.
        const named = await client.query({ name: 'mine', text: `SELECT ${id} + $1::int AS sum`, values: [n] })
        expect(named.rows).toEqual([{ sum: id + n }])
        const seen = await client.query('SELECT count(*)::int AS n FROM scratch WHERE client = $1', [id])
        expect(seen.rows).toEqual([{ n: Math.ceil(n / 2) + 1 }])
        await client.query(n % 2 === 0 ? 'COMMIT' : 'ROLLBACK')
      }
    }),
  )
  const { rows } = await clients[0].query('SELECT client, count(*)::int AS n FROM scratch GROUP BY 1 ORDER BY 1')
  expect(rows).toEqual(Array.from({ length: 8 }, (_, client) => ({ client, n: 8 })))
  await Promise.all(clients.map((client) => client.end()))
})

test('an error inside one transaction is that client’s alone', async () => {
  const [one, other] = [await connected(), await connected()]
  await one.query('BEGIN')
  await expect(one.query('SELECT nothing_such')).rejects.toMatchObject({ code: '42703' })
  const waiting = other.query('SELECT 1 AS one')
  await expect(one.query('SELECT 1')).rejects.toMatchObject({ code: '25P02' })
  await one.query('ROLLBACK')
  expect((await waiting).rows).toEqual([{ one: 1 }])
  await Promise.all([one.end(), other.end()])
})

test('a client that vanishes inside a transaction is rolled back', async () => {
  const [one, other] = [await connected(), await connected()]
  await one.query('BEGIN')
  await one.query('INSERT INTO scratch VALUES (100, 1)')
  const waiting = other.query('SELECT count(*)::int AS n FROM scratch WHERE client = 100')
  ;(one as unknown as { connection: { stream: { destroy(): void } } }).connection.stream.destroy()
  expect((await waiting).rows).toEqual([{ n: 0 }])
  await other.end()
})

test('a client idle inside a transaction cannot keep the others out', async () => {
  const [one, other] = [await connected(), await connected()]
  const ended = new Promise<Error>((done) => one.once('error', done))
  await one.query('BEGIN')
  await one.query('INSERT INTO scratch VALUES (101, 1)')
  const { rows } = await other.query('SELECT count(*)::int AS n FROM scratch WHERE client = 101')
  expect(rows).toEqual([{ n: 0 }])
  expect(isTransient(await ended)).toBe(true)
  await other.end()
})

test('a client that hangs between Flush and Sync cannot keep the others out', async () => {
  const path = join(folder, 'run', '.s.PGSQL.5432')
  const socket = connect(path)
  const startup = Buffer.from('\0\0\0\x19\0\x03\0\0user\0postgres\0\0\0', 'latin1')
  startup.writeInt32BE(startup.length, 0)
  socket.write(startup)
  await new Promise((done) => socket.once('data', done))
  const query = Buffer.from('select 1\0')
  const parse = Buffer.concat([Buffer.from([0x50, 0, 0, 0, 4 + 1 + query.length + 2, 0]), query, Buffer.from([0, 0])])
  socket.write(Buffer.concat([parse, Buffer.from([0x48, 0, 0, 0, 4])]))
  await new Promise((done) => socket.once('data', done))
  const other = await connected()
  expect((await other.query('SELECT 2 AS two')).rows).toEqual([{ two: 2 }])
  socket.destroy()
  await other.end()
})

test('COPY FROM STDIN is refused and the connection stays good', async () => {
  const client = await connected()
  await expect(client.query('COPY scratch FROM STDIN')).rejects.toMatchObject({ code: '0A000' })
  expect((await client.query('SELECT 1 AS one')).rows).toEqual([{ one: 1 }])
  await client.end()
})

test('clients over the limit are told so, and what is no client is hung up on', async () => {
  const pool = new Pool({ connectionString: engine.url, max: 12 })
  const clients = await Promise.all(Array.from({ length: 12 }, () => pool.connect()))
  await expect(connected()).rejects.toMatchObject({ code: '53300' })
  for (const client of clients) client.release(true)
  await pool.end()
  await until(() => engine.clients() === 0)
  const stranger = connect(join(folder, 'run', '.s.PGSQL.5432'))
  stranger.write('GET / HTTP/1.1\r\n\r\n')
  await new Promise((done) => stranger.once('close', done).resume())
  await until(() => engine.clients() === 0)
})

test('a data folder is one process’s at a time', async () => {
  await expect(startEmbedded({ dataDir: join(folder, 'data'), runDir: join(folder, 'run2') })).rejects.toThrow(
    /data folder .* another process is using it/,
  )
})

test('a run folder too long for a socket is replaced by a short one', SLOW, async () => {
  const long = join(folder, 'x'.repeat(110))
  await copyTemplate(join(folder, 'second'))
  const second = await startEmbedded({ dataDir: join(folder, 'second'), runDir: long, durable: false })
  expect(second.movedRunDir).toBe(true)
  const client = new Client({ connectionString: second.url })
  await client.connect()
  await client.end()
  await second.stop()
})

test('a data folder of a newer version is refused', SLOW, async () => {
  const data = join(folder, 'second')
  const version = join(data, 'version.json')
  writeFileSync(version, JSON.stringify({ ...JSON.parse(readFileSync(version, 'utf8')), format: DATA_FORMAT + 1 }))
  await expect(startEngineProcess({ data, run: join(folder, 'run3') })).rejects.toThrow(
    /ended with 2: data folder .* newer Picket/,
  )
})

test('no committed row is lost when the engine is killed under load', SLOW, async () => {
  const data = join(folder, 'killed')
  await copyTemplate(data)
  let acknowledged = 0
  for (let round = 0; round < 3; round++) {
    const killed: EngineProcess = await startEngineProcess({ data, run: join(folder, 'run-killed') })
    const client = new Client({ connectionString: killed.url })
    client.on('error', () => undefined)
    await client.connect()
    await client.query('CREATE TABLE IF NOT EXISTS batches (batch int, n int)')
    await expectWhole(client, acknowledged)
    const from = acknowledged
    const load = expect(insertBatches(client, from, (batch) => (acknowledged = batch + 1))).rejects.toSatisfy(
      isTransient,
    )
    await until(() => acknowledged >= from + 20)
    await killed.kill()
    await load
  }
  const last = await startEngineProcess({ data, run: join(folder, 'run-killed') })
  const client = new Client({ connectionString: last.url })
  await client.connect()
  await expectWhole(client, acknowledged)
  expect(acknowledged).toBeGreaterThanOrEqual(60)
  await client.end()
  await last.stop()
})

/** Batches of 100 rows, one transaction each, until the connection breaks. A batch cut off by the kill is written anew. */
async function insertBatches(client: Client, from: number, onCommit: (batch: number) => void): Promise<void> {
  for (let batch = from; ; batch++) {
    await client.query('BEGIN')
    await client.query('DELETE FROM batches WHERE batch = $1', [batch])
    await client.query('INSERT INTO batches SELECT $1, n FROM generate_series(1, 100) n', [batch])
    await client.query('COMMIT')
    onCommit(batch)
  }
}

/** Every acknowledged batch is there, and every batch that is there is whole. */
async function expectWhole(client: Client, acknowledged: number): Promise<void> {
  const { rows } = await client.query('SELECT batch, count(*)::int AS n FROM batches GROUP BY 1 ORDER BY 1')
  expect(rows.length).toBeGreaterThanOrEqual(acknowledged)
  expect(rows.slice(0, acknowledged).map((row) => row.batch)).toEqual(Array.from({ length: acknowledged }, (_, i) => i))
  expect(rows.every((row) => row.n === 100)).toBe(true)
}
