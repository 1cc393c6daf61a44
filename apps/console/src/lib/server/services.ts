import { join } from 'node:path'
import { openDatabase, type Database } from '@picket/store'
import { LiveSubscriber } from '@picket/store/live'
import { redisOptions } from '@picket/store/queues'
import { Redis } from 'ioredis'
import { Pool } from 'pg'
import { createAuth, migrateAuth, type Auth } from './auth.ts'
import { parseConfig, type Config } from './config.ts'
import { Uploads } from './uploads/uploads.ts'

interface Services {
  config: Config
  database: Database
  redis: Redis
  feed: LiveSubscriber
  /** Aborted when the process stops: live streams end by it. */
  stopping: AbortController
  authPool: Pool
  auth: Auth
}

let opened: Services | undefined
let closed = false

function services(): Services {
  if (opened) return opened
  if (closed) throw new Error('The console is stopping')
  const parsed = parseConfig(process.env)
  if (!parsed.ok) throw new Error(parsed.mistakes.join('\n'))
  const config = parsed.config
  const authPool = new Pool({ connectionString: config.databaseUrl, max: 4 })
  authPool.on('error', () => {}) // an idle connection was lost; the pool opens another on the next query
  opened = {
    config,
    authPool,
    database: openDatabase(config.databaseUrl),
    redis: new Redis({ ...redisOptions(config.redisUrl), lazyConnect: true }),
    feed: new LiveSubscriber(config.redisUrl),
    stopping: new AbortController(),
    auth: createAuth({ pool: authPool, baseURL: config.publicUrl, secret: config.secret }),
  }
  opened.redis.on('error', () => {}) // ioredis reconnects by itself; commands fail or wait meanwhile
  process.once('sveltekit:shutdown', () => void closeServices())
  return opened
}

/** Console settings. */
export const config = (): Config => services().config
/** The store: pass it to the queries of @picket/store. */
export const database = (): Database => services().database
/** Redis for queues and publishing; the live feed has its own blocking connection. */
export const redis = (): Redis => services().redis
/** The live feed: one reader for all tabs, which starts with the first of them. */
export function liveFeed(): { feed: LiveSubscriber; stopping: AbortSignal } {
  const { feed, stopping } = services()
  void feed.start()
  return { feed, stopping: stopping.signal }
}
export const auth = (): Auth => services().auth
/** Files on their way into an import; undefined where the console does not see the collector's data folder. */
export function uploads(): Uploads | undefined {
  const { dataFolder } = config()
  return dataFolder === undefined ? undefined : new Uploads(join(dataFolder, 'imports'))
}

/** Called once before the first request. */
export async function startServices(): Promise<void> {
  await migrateAuth(services().auth)
}

export async function closeServices(): Promise<void> {
  const closing = opened
  opened = undefined
  closed = true
  if (!closing) return
  closing.stopping.abort()
  closing.redis.disconnect()
  await Promise.allSettled([closing.feed.stop(), closing.database.close(), closing.authPool.end()])
}
