import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { redisOptions } from '@picket/store/queues'
import { Redis } from 'ioredis'
import { until } from './until.ts'

/** A redis-server of its own on a unix socket. */
export class PrivateRedis {
  readonly #folder: string
  #process: ChildProcess | undefined

  private constructor(folder: string) {
    this.#folder = folder
  }

  static async start(): Promise<PrivateRedis> {
    const redis = new PrivateRedis(await mkdtemp(join(tmpdir(), 'picket-redis-')))
    await redis.startServer()
    return redis
  }

  get url(): string {
    return join(this.#folder, 'redis.sock')
  }

  async startServer(): Promise<void> {
    const options = ['--port', '0', '--unixsocket', this.url, '--dir', this.#folder, '--save', '', '--appendonly', 'no']
    this.#process = spawn('redis-server', options, { stdio: 'ignore' })
    await until('redis answers', () => this.#answers())
  }

  /** Ends it as a crash would. */
  async killServer(): Promise<void> {
    const child = this.#process
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.kill('SIGKILL')
    await exited
  }

  async close(): Promise<void> {
    await this.killServer()
    await rm(this.#folder, { recursive: true, force: true })
  }

  async #answers(): Promise<boolean> {
    const client = new Redis({
      ...redisOptions(this.url),
      lazyConnect: true,
      retryStrategy: null,
      maxRetriesPerRequest: 0,
    })
    client.on('error', () => {})
    try {
      await client.connect()
      return (await client.ping()) === 'PONG'
    } catch {
      return false
    } finally {
      client.disconnect()
    }
  }
}
