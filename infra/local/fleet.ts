import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Config } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import { LogFile } from './log-file.ts'
import type { Plan } from './plan.ts'
import * as processes from './processes.ts'
import type { Report } from './report.ts'
import { lastJsonLine, runOnce } from './run-once.ts'
import { SupervisedProcess } from './supervised-process.ts'
import type { JsonLine, ProcessOptions } from './supervised-process.ts'
import { Warden } from './warden.ts'

/** What the first screen tells about a fleet that is up. */
export interface FleetFacts {
  readonly url: string
  /** The first administrator, on the first start only. */
  readonly administrator: { readonly email: string; readonly password: string } | undefined
  readonly stream: string
  readonly enrol: string
  /** Where the stores are, for commands that are given them in the environment. */
  readonly databaseUrl: string
  readonly redisUrl: string
  readonly sensors: readonly {
    readonly name: string
    readonly sensorId: string
    readonly captures: readonly string[]
  }[]
}

export interface FleetOptions {
  readonly config: Config
  readonly plan: Plan
  readonly data: DataFolder
  readonly report: Report
}

/**
 * The whole fleet on this host. Starts sinks before sources, each when the one before is ready; stops in the reverse
 * order. A start that fails half-way leaves nothing running.
 */
export class Fleet {
  readonly #options: FleetOptions
  readonly #runDir = mkdtempSync(join(tmpdir(), 'picket-'))
  readonly #warden = new Warden(this.#runDir)
  readonly #started: SupervisedProcess[] = []
  readonly #aborted = new AbortController()
  #stopped: Promise<void> | undefined

  constructor(options: FleetOptions) {
    this.#options = options
  }

  async start(): Promise<FleetFacts> {
    const { config, plan, data } = this.#options
    const surroundings = { config, plan, data, runDir: this.#runDir }
    const redis = config.redisUrl ? undefined : this.#launch(processes.redisOptions(surroundings))
    const database = config.databaseUrl ? undefined : this.#launch(processes.databaseOptions(surroundings))
    await all([redis, database])
    const stores = {
      REDIS_URL: config.redisUrl ?? `unix://${processes.socketOf(this.#runDir)}`,
      DATABASE_URL: config.databaseUrl ?? String((await database)?.url ?? processes.databaseUrlOf(this.#runDir)),
    }
    await this.#once('migrations', ['packages/store/src/migrate-main.ts'], stores)

    const consoleEnv = processes.consoleEnv(surroundings, stores)
    const administrator = this.#createAdministrator(consoleEnv)
    const collector = this.#launch(processes.collectorOptions(surroundings, stores))
    await all([administrator, collector])
    const fingerprint = String((await collector).fingerprint ?? '')

    const worker = this.#launch(processes.workerOptions(surroundings, stores))
    const pages = this.#launch(
      processes.consoleOptions(surroundings, { ...consoleEnv, PICKET_CA_FINGERPRINT: fingerprint }),
    )
    const tokens = this.#createTokens({ ...stores, PICKET_DATA: data.collector })
    await all([worker, pages, tokens])

    const ready = plan.sensors.map((sensor, index) =>
      this.#launch(processes.sensorOptions(surroundings, sensor, index + 1)),
    )
    await all(ready)
    const lines = await Promise.all(ready)
    return {
      url: plan.publicUrl,
      administrator: await administrator,
      stream: String((await collector).stream ?? ''),
      enrol: String((await collector).enrol ?? ''),
      databaseUrl: stores.DATABASE_URL,
      redisUrl: stores.REDIS_URL,
      sensors: lines.map((line, index) => ({
        name: plan.sensors[index]?.name ?? '',
        sensorId: String(line.sensorId ?? ''),
        captures: Array.isArray(line.interfaces) ? line.interfaces.map(nameOf) : [],
      })),
    }
  }

  /** Process ids by name, for measurements. */
  get pids(): Record<string, number> {
    return Object.fromEntries(this.#started.flatMap((process) => (process.pid ? [[process.name, process.pid]] : [])))
  }

  /** Sources first, sinks last; idempotent. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stopAll()
    return this.#stopped
  }

  /** Ends every process at once, without draining. */
  kill(): void {
    for (const process of this.#started) process.kill()
  }

  async #stopAll(): Promise<void> {
    this.#aborted.abort()
    const rank = (process: SupervisedProcess) => STOP_ORDER.findIndex((name) => process.name.startsWith(name))
    for (const name of STOP_ORDER.keys()) {
      await Promise.all(this.#started.filter((process) => rank(process) === name).map((process) => process.stop()))
    }
    this.#warden.dismiss()
    rmSync(this.#runDir, { recursive: true, force: true })
  }

  async #launch(options: ProcessOptions): Promise<JsonLine> {
    this.#aborted.signal.throwIfAborted()
    const { data, report } = this.#options
    const startedAt = performance.now()
    const log = new LogFile(join(data.logs, `${options.name}.log`))
    const onLine = (line: JsonLine) => {
      if (typeof line.state === 'string')
        report(options.name, [line.state, line.detail ?? line.reason].filter(Boolean).join(': '))
    }
    const process = new SupervisedProcess({ onLine, ...options }, { log, warden: this.#warden, report })
    this.#started.push(process)
    const ready = await process.start()
    report(options.name, `ready (${((performance.now() - startedAt) / 1000).toFixed(1)} s)`)
    return ready
  }

  async #once(name: string, args: readonly string[], env: Record<string, string>): Promise<string> {
    const log = new LogFile(join(this.#options.data.logs, 'start.log'))
    try {
      return await runOnce({ name, args, env, signal: this.#aborted.signal, onErrorLine: (line) => log.write(line) })
    } finally {
      log.close()
    }
  }

  async #createAdministrator(env: Record<string, string>): Promise<FleetFacts['administrator']> {
    const line = lastJsonLine(
      await this.#once('creating the first administrator', ['apps/console/scripts/create-admin.ts'], env),
    )
    return line.created === true ? { email: String(line.email), password: String(line.password) } : undefined
  }

  /** One token for each sensor of this host that has not enrolled yet. */
  async #createTokens(env: Record<string, string>): Promise<void> {
    const { plan, data } = this.#options
    for (let n = 1; n <= plan.sensors.length; n++) {
      const file = processes.tokenFile(data, n)
      rmSync(file, { force: true })
      if (existsSync(join(data.sensor(n), 'identity.json'))) continue
      const token = await this.#once(
        'making an enrolment token',
        ['apps/collector/src/main.ts', 'token', '--ttl-minutes', '10'],
        env,
      )
      writeFileSync(file, `${token}\n`, { mode: 0o600 })
    }
  }
}

const STOP_ORDER = ['sensor', 'console', 'worker', 'collector', 'database', 'redis']

/** Waits for all; a failure is thrown at once, the others' outcomes are then nobody's concern. */
async function all(promises: readonly (Promise<unknown> | undefined)[]): Promise<void> {
  await Promise.all(promises)
}

const nameOf = (value: unknown): string =>
  typeof value === 'string' ? value : String((value as { name?: unknown }).name ?? '')
