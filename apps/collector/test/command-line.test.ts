import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import { listTokens } from '@picket/store'
import { openTestDatabase, type TestDatabase } from '@picket/store/testing'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { PrivateRedis } from './support/private-redis.ts'
import { scratchFolder } from './support/scratch-folder.ts'

const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))

let database: TestDatabase
let redis: PrivateRedis

beforeAll(async () => {
  ;[database, redis] = await Promise.all([openTestDatabase(), PrivateRedis.start()])
})

afterAll(async () => {
  await Promise.all([database.close(), redis.close()])
})

function start(args: string[], settings: Record<string, string>) {
  const { PATH = '' } = process.env
  const child = spawn(process.execPath, [MAIN, ...args], { env: { PATH, ...settings } })
  const errors = text(child.stderr)
  const exit = once(child, 'exit').then(([code]) => code as number)
  return { child, errors, exit }
}

async function run(args: string[], settings: Record<string, string> = {}) {
  const { child, errors, exit } = start(args, settings)
  const [output, error, code] = await Promise.all([text(child.stdout), errors, exit])
  return { output, error, code }
}

async function settings(): Promise<Record<string, string>> {
  return {
    DATABASE_URL: database.url,
    REDIS_URL: redis.url,
    PICKET_DATA: await scratchFolder(),
    PICKET_STREAM_LISTEN: '127.0.0.1:0',
    PICKET_ENROL_LISTEN: '127.0.0.1:0',
  }
}

test('serve says where it listens in one line and ends with 0 when asked to', async () => {
  const { child, errors, exit } = start(['serve'], await settings())
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  expect(JSON.parse(line.toString())).toMatchObject({
    ready: true,
    stream: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    enrol: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
    fingerprint: expect.stringMatching(/^[\w-]{43}$/),
  })
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
  for (const logged of (await errors).trim().split('\n')) expect(() => JSON.parse(logged)).not.toThrow()
})

test('work says when it waits for jobs and ends with 0 when asked to', async () => {
  const { child, exit } = start(['work'], await settings())
  const [line] = (await once(child.stdout, 'data')) as [Buffer]
  expect(JSON.parse(line.toString())).toEqual({ ready: true })
  child.kill('SIGTERM')
  expect(await exit).toBe(0)
})

test('token prints the token alone', async () => {
  const { output, code } = await run(['token', '--ttl-minutes', '5', '--label', 'env=prod'], await settings())
  expect(code).toBe(0)
  expect(output).toMatch(/^picket1_[\w-]{43}_[\w-]{43}\n$/)
  const [token] = await listTokens(database.db)
  expect(token).toMatchObject({ state: 'open', labels: { env: 'prod' }, createdBy: 'command line' })
  expect(Math.round((token.expiresAt - token.createdAt) / 60_000)).toBe(5)
})

test.each([
  [['serve'], {}, /^DATABASE_URL is not set.*\nPICKET_DATA is not set.*\nREDIS_URL is not set/],
  [['dance'], {}, /^unknown command "dance"\nusage:/],
  [['token', '--label', 'x'], {}, /^--label "x" is not allowed/],
])('%j with mistakes ends with 2 and a line for each', async (args, changes, message) => {
  const { error, code } = await run(args, changes)
  expect(code).toBe(2)
  expect(error).toMatch(message)
})

test('a database that cannot be reached is one line that says what to do', async () => {
  const away = { ...(await settings()), DATABASE_URL: 'postgresql://localhost/x?host=/nowhere' }
  const { error, code } = await run(['serve'], away)
  expect(code).toBe(1)
  expect(error).toMatch(
    /DATABASE_URL: the store cannot be used \(.*\); start the database and run the migrations first\n$/,
  )
})
