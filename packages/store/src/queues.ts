import type { RedisOptions } from 'ioredis'

/** BullMQ queue of the jobs around models (train, evaluate, backtest, import): the console and the collector add, the worker takes. */
export const TRAIN_QUEUE = 'picket-train'

export { IMPORT_FORMATS } from './types/jobs.ts'
export type { BacktestJob, EvaluateJob, ImportFormat, ImportJob, LearningJob, TrainJob } from './types/jobs.ts'

/** Redis pub/sub channel on which processes tell each other of changes; also polled, so a lost one only delays. */
export const COMMANDS_CHANNEL = 'picket:commands'

export type CommandMessage =
  | { type: 'settings-changed' }
  | { type: 'models-changed' }
  | { type: 'sensor-removed'; sensorId: string }
  | { type: 'token-created' }

/**
 * ioredis options for `redis://[user:password@]host[:port][/db]`, `rediss://...`, `unix:///path` or a plain socket path.
 * BullMQ needs `maxRetriesPerRequest: null`. Throws on anything else.
 */
export function redisOptions(url: string): RedisOptions {
  const common: RedisOptions = { maxRetriesPerRequest: null, enableReadyCheck: true }
  if (url.startsWith('/')) return { ...common, path: url }
  const parsed = URL.canParse(url) ? new URL(url) : undefined
  if (parsed?.protocol === 'unix:' && parsed.pathname.length > 1) {
    return { ...common, path: decodeURIComponent(parsed.pathname) }
  }
  if (parsed?.protocol !== 'redis:' && parsed?.protocol !== 'rediss:') {
    throw new Error(
      `REDIS_URL: expected redis://host:port, rediss://host:port or unix:///path, found ${url || '(empty)'}`,
    )
  }
  return {
    ...common,
    host: parsed.hostname.replace(/^\[(.*)\]$/, '$1') || '127.0.0.1',
    port: Number(parsed.port || 6379),
    ...(parsed.username ? { username: decodeURIComponent(parsed.username) } : {}),
    ...(parsed.password ? { password: decodeURIComponent(parsed.password) } : {}),
    ...(parsed.pathname.length > 1 ? { db: Number(parsed.pathname.slice(1)) } : {}),
    ...(parsed.protocol === 'rediss:' ? { tls: {} } : {}),
  }
}
