import { expect, test } from 'vitest'
import { redisOptions } from './queues.ts'

test.each([
  ['redis://localhost', { host: 'localhost', port: 6379 }],
  ['redis://ann:p%40ss@10.0.0.1:7000/3', { host: '10.0.0.1', port: 7000, username: 'ann', password: 'p@ss', db: 3 }],
  ['redis://[::1]:6380', { host: '::1', port: 6380 }],
  ['rediss://cache.example:6379', { host: 'cache.example', tls: {} }],
  ['unix:///run/picket%20x/redis.sock', { path: '/run/picket x/redis.sock' }],
  ['/run/redis.sock', { path: '/run/redis.sock' }],
])('%s', (url, options) => {
  expect(redisOptions(url)).toMatchObject({ ...options, maxRetriesPerRequest: null })
})

test.each(['', 'localhost:6379', 'http://localhost', 'unix://'])('%s is no Redis', (url) => {
  expect(() => redisOptions(url)).toThrow(/REDIS_URL: expected/)
})
