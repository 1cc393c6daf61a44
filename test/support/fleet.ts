import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { openDatabase, type Database } from '@picket/store'
import { Redis } from 'ioredis'
import { Running } from './process.ts'
import { root } from './sensor-command.ts'
import { until } from './until.ts'

export interface SensorOptions {
  name: string
  /** Address of the collector as this sensor reaches it. */
  host?: string
  /** Network namespace to run in. */
  namespace?: string
  args?: string[]
}

/**
 * The parts of the product as separate processes, each started by its own command line, so that a test can kill one.
 * Everything lives in one temporary folder and is gone after `destroy`.
 */
export class Fleet {
  readonly folder = mkdtempSync(path.join(tmpdir(), 'picket-test-'))
  readonly redisUrl = `unix://${this.folder}/redis.sock`
  database!: Database
  databaseUrl = process.env.DATABASE_URL ?? ''
  engine?: Running
  redis!: ChildProcess
  collector!: Running
  readonly #others: Running[] = []

  /** Redis, the database, migrations and the collector, in the product's own order. */
  static async start({ listen = '127.0.0.1', names = '' } = {}): Promise<Fleet> {
    const fleet = new Fleet()
    await fleet.startRedis()
    await fleet.startEngine()
    execFileSync(process.execPath, ['packages/store/src/migrate-main.ts'], { cwd: root, env: fleet.env() })
    fleet.database = openDatabase(fleet.databaseUrl)
    await fleet.startCollector(listen, names)
    return fleet
  }

  env(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
    return {
      ...process.env,
      DATABASE_URL: this.databaseUrl,
      REDIS_URL: this.redisUrl,
      PICKET_DATA: path.join(this.folder, 'data'),
      ...more,
    }
  }

  async startRedis(): Promise<void> {
    this.redis = spawn(
      'redis-server',
      [
        '--port',
        '0',
        '--unixsocket',
        `${this.folder}/redis.sock`,
        '--dir',
        this.folder,
        '--save',
        '',
        '--appendonly',
        'yes',
      ],
      { stdio: 'ignore' },
    )
    const client = new Redis({ path: `${this.folder}/redis.sock`, lazyConnect: true, retryStrategy: () => 100 })
    client.on('error', () => undefined)
    await until('Redis answers', () => client.ping())
    client.disconnect()
  }

  async killRedis(): Promise<void> {
    const gone = once(this.redis, 'exit')
    this.redis.kill('SIGKILL')
    await gone
  }

  /** The embedded engine; nothing where `DATABASE_URL` names a server. */
  async startEngine(): Promise<void> {
    if (process.env.DATABASE_URL) return
    const run = path.join(this.folder, 'run')
    mkdirSync(run, { recursive: true, mode: 0o700 })
    this.engine = await Running.start(process.execPath, [
      'packages/store/src/embedded/main.ts',
      '--data',
      path.join(this.folder, 'db'),
      '--run',
      run,
    ])
    this.databaseUrl = String(this.engine.lines.find(({ ready }) => ready)!.url)
  }

  async startCollector(listen: string, names: string): Promise<void> {
    this.collector = await Running.start(process.execPath, ['apps/collector/src/main.ts', 'serve'], {
      env: this.env({ PICKET_STREAM_LISTEN: `${listen}:0`, PICKET_ENROL_LISTEN: `${listen}:0`, PICKET_NAMES: names }),
    })
  }

  port(which: 'stream' | 'enrol'): string {
    const ready = this.collector.lines.find((line) => line.ready)!
    return String(ready[which]).split(':').at(-1)!
  }

  /** A fresh single-use token in a file of its own. */
  token(name: string): string {
    const text = execFileSync(process.execPath, ['apps/collector/src/main.ts', 'token'], {
      cwd: root,
      env: this.env(),
      encoding: 'utf8',
    })
    const file = path.join(this.folder, `${name}.token`)
    writeFileSync(file, text, { mode: 0o600 })
    return file
  }

  /** Starts a real sensor with a token of its own; resolves when it is enrolled and its stream is open. */
  async startSensor({ name, host = '127.0.0.1', namespace, args = [] }: SensorOptions): Promise<Running> {
    const sensor = await Running.start(
      process.execPath,
      [
        'apps/sensor/src/main.ts',
        'run',
        '--collector',
        `${host}:${this.port('stream')}`,
        '--enrol',
        `${host}:${this.port('enrol')}`,
        '--token-file',
        this.token(name),
        '--state',
        path.join(this.folder, 'sensors', name),
        '--name',
        name,
        ...args,
      ],
      { within: namespace ? ['ip', 'netns', 'exec', namespace] : [] },
    )
    this.#others.push(sensor)
    return sensor
  }

  /** One number from the database. */
  async count(sql: string, parameters: unknown[] = []): Promise<number> {
    const { rows } = await this.database.query<{ n: string }>(sql, parameters)
    return Number(rows[0].n)
  }

  async destroy(): Promise<void> {
    for (const running of this.#others.toReversed()) await running.stop()
    await this.collector?.stop()
    await this.database?.close()
    await this.engine?.stop()
    if (this.redis?.exitCode === null && this.redis.signalCode === null) await this.killRedis()
    rmSync(this.folder, { recursive: true, force: true })
  }
}
