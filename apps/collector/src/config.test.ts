import { resolve } from 'node:path'
import { expect, test } from 'vitest'
import { parseServeConfig } from './config.ts'
import { parseTokenArguments } from './enroll/create-token.ts'

const ENVIRONMENT = { DATABASE_URL: 'postgresql://localhost/picket', REDIS_URL: '/run/redis.sock', PICKET_DATA: 'data' }

test('defaults are filled in and the data folder is absolute', () => {
  expect(parseServeConfig(ENVIRONMENT)).toEqual({
    databaseUrl: 'postgresql://localhost/picket',
    redisUrl: '/run/redis.sock',
    dataFolder: resolve('data'),
    streamListen: '0.0.0.0:7443',
    enrolListen: '0.0.0.0:7444',
    names: [],
    logLevel: 'info',
  })
})

test('names are split and trimmed', () => {
  const { names } = parseServeConfig({ ...ENVIRONMENT, PICKET_NAMES: 'picket.example, 192.0.2.1,,2001:db8::1' })
  expect(names).toEqual(['picket.example', '192.0.2.1', '2001:db8::1'])
})

test('all mistakes come at once, each with setting, value and what is allowed, and without the password', () => {
  const wrong = {
    DATABASE_URL: 'mysql://root:secret@localhost',
    PICKET_DATA: 'data',
    PICKET_STREAM_LISTEN: 'everywhere',
    PICKET_NAMES: 'a b',
  }
  const lines = mistakesOf(() => parseServeConfig(wrong))
  expect(lines).toHaveLength(4)
  expect(lines[0]).toMatch(/^DATABASE_URL "mysql:\/\/root:\*\*\*@localhost" is not allowed: expected a PostgreSQL URL/)
  expect(lines[1]).toMatch(/^REDIS_URL is not set: expected redis:\/\//)
  expect(lines[2]).toMatch(/^PICKET_STREAM_LISTEN "everywhere" is not allowed: expected host:port/)
  expect(lines[3]).toMatch(/^PICKET_NAMES "a b" is not allowed/)
})

test('token arguments are read, and refused all at once', () => {
  expect(parseTokenArguments(['--ttl-minutes', '5', '--label', 'env=prod', '--label', 'rack=a=1'])).toEqual({
    minutes: 5,
    labels: { env: 'prod', rack: 'a=1' },
  })
  expect(parseTokenArguments([])).toEqual({ minutes: 60, labels: {} })
  expect(mistakesOf(() => parseTokenArguments(['--ttl-minutes', '0', '--label', 'prod']))).toHaveLength(2)
  expect(mistakesOf(() => parseTokenArguments(['--forever']))[0]).toContain('--forever')
})

function mistakesOf(parse: () => unknown): string[] {
  try {
    parse()
  } catch (error) {
    return (error as Error).message.split('\n')
  }
  throw new Error('nothing was refused')
}
