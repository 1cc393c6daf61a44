import { afterAll, beforeAll, expect, test } from 'vitest'
import { openDatabase } from './database.ts'
import { isTransient, NewerDatabaseError } from './errors.ts'
import { migrate, readMigrations } from './migrate.ts'
import { openTestDatabase, type TestDatabase } from './testing/index.ts'

let database: TestDatabase
beforeAll(async () => {
  database = await openTestDatabase()
})
afterAll(() => database?.close())

const known = readMigrations()
const next = (sql: string) => ({ version: known.length + 1, name: 'next', sql })

test('migrations are numbered without a hole', () => {
  expect(known.map(({ version }) => version)).toEqual(known.map((_, i) => i + 1))
})

test('a failing migration leaves nothing behind', async () => {
  await expect(
    migrate(database.db, [...known, next('CREATE TABLE half (n int); SELECT nothing_such;')]),
  ).rejects.toMatchObject({ code: '42703' })
  expect((await database.db.query(`SELECT to_regclass('half') AS half`)).rows).toEqual([{ half: null }])
})

test('several processes may migrate at once, and an older one refuses afterwards', async () => {
  expect(await migrate(database.db)).toEqual({ version: known.length, applied: [] })
  const others = Array.from({ length: 4 }, () => openDatabase(database.url, { maxConnections: 1 }))
  const results = await Promise.all(others.map((db) => migrate(db, [...known, next('CREATE TABLE once (n int)')])))
  expect(results.flatMap(({ applied }) => applied)).toEqual(['next'])
  await Promise.all(others.map((db) => db.close()))
  await expect(migrate(database.db)).rejects.toBeInstanceOf(NewerDatabaseError)
})

test('a transaction is whole or nothing, and its connection goes back clean', async () => {
  await database.db.query('CREATE TABLE pieces (n int)')
  const failing = database.db.transaction(async (tx) => {
    await tx.query('INSERT INTO pieces VALUES (1)')
    throw new Error('no')
  })
  await expect(failing).rejects.toThrow('no')
  const { rows } = await database.db.query<{ n: number; big: number; at: number }>(
    `SELECT count(*) AS n, 9007199254740991::bigint AS big, timestamptz '2026-11-22 10:00:00.123456+00' AS at FROM pieces`,
  )
  expect(rows).toEqual([{ n: 0, big: Number.MAX_SAFE_INTEGER, at: Date.UTC(2026, 10, 22, 10, 0, 0, 123) }])
})

test('a server that is away is a transient error, bad SQL is not', async () => {
  const away = openDatabase('postgresql://postgres@localhost/postgres?host=/nowhere')
  await expect(away.query('SELECT 1')).rejects.toSatisfy(isTransient)
  await away.close()
  const failure: unknown = await database.db.query('SELEC 1').catch((error: unknown) => error)
  expect(failure).toMatchObject({ code: '42601' })
  expect(isTransient(failure)).toBe(false)
})
