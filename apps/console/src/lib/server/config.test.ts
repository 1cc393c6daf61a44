import { expect, it } from 'vitest'
import { parseConfig } from './config.ts'

const good = {
  DATABASE_URL: 'postgresql://postgres@localhost/postgres',
  REDIS_URL: 'unix:///run/redis.sock',
  PICKET_SECRET: 'x'.repeat(32),
}

it('takes the settings with their defaults', () => {
  const parsed = parseConfig({ ...good, PORT: '4000', PICKET_BUNDLES: '' })
  expect(parsed).toMatchObject({
    ok: true,
    config: { host: '127.0.0.1', port: 4000, publicUrl: 'http://localhost:4000' },
  })
})

it('takes the slash off the public URL', () => {
  expect(parseConfig({ ...good, PUBLIC_URL: 'https://picket.example/' })).toMatchObject({
    config: { publicUrl: 'https://picket.example' },
  })
})

it('names every mistake at once, and never the secret', () => {
  const parsed = parseConfig({
    DATABASE_URL: 'mysql://x',
    PICKET_SECRET: 'tooshort',
    PORT: '99999',
    PUBLIC_URL: 'ftp://x',
  })
  expect(parsed.ok).toBe(false)
  const text = parsed.ok ? '' : parsed.mistakes.join('\n')
  for (const name of ['DATABASE_URL', 'REDIS_URL', 'PICKET_SECRET', 'PORT', 'PUBLIC_URL']) expect(text).toContain(name)
  expect(text).not.toContain('tooshort')
})
