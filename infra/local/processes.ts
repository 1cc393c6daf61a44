import { existsSync } from 'node:fs'
import { createConnection } from 'node:net'
import { join } from 'node:path'
import { RUNTIME_ENVIRONMENT, RUNTIME_FLAGS } from '../bundle/runtime-flags.ts'
import { LOCAL_SENSOR, ROOT } from '../setup/paths.mjs'
import type { Config } from './config.ts'
import type { DataFolder } from './data-folder.ts'
import { joinHostPort } from './network.ts'
import { STREAM_HOST } from './plan.ts'
import type { Plan, SensorPlan } from './plan.ts'
import type { ProcessOptions } from './supervised-process.ts'

/** What the processes of one fleet have in common. */
export interface Surroundings {
  readonly config: Config
  readonly plan: Plan
  readonly data: DataFolder
  /** Holds the unix sockets; short, because a socket's path may have 107 characters. */
  readonly runDir: string
}

export const socketOf = (runDir: string): string => join(runDir, 'redis.sock')
export const databaseUrlOf = (runDir: string): string =>
  `postgresql://postgres@localhost/postgres?host=${encodeURIComponent(runDir)}`

type Env = Record<string, string>

const node = (name: string, args: readonly string[], env: Env, readyTimeoutMs = 60_000): ProcessOptions => ({
  name,
  command: process.execPath,
  args,
  env,
  readyTimeoutMs,
})

export function redisOptions({ plan, data, runDir }: Surroundings): ProcessOptions {
  const socket = socketOf(runDir)
  const settings = {
    port: '0',
    unixsocket: socket,
    unixsocketperm: '700',
    dir: data.redis,
    appendonly: 'yes',
    appendfsync: 'everysec',
    save: '',
    daemonize: 'no',
  }
  const args = Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value])
  return {
    name: 'redis',
    command: plan.redisServer ?? '',
    args,
    readyTimeoutMs: 60_000,
    probe: () => answersPing(socket),
  }
}

export function databaseOptions({ data, runDir }: Surroundings): ProcessOptions {
  return node(
    'database',
    ['packages/store/src/embedded/main.ts', '--data', data.database, '--run', runDir],
    {},
    120_000,
  )
}

export function collectorOptions({ config, plan, data }: Surroundings, stores: Env): ProcessOptions {
  return node('collector', [...reload(config), 'apps/collector/src/main.ts', 'serve'], {
    ...stores,
    PICKET_DATA: data.collector,
    PICKET_STREAM_LISTEN: joinHostPort(STREAM_HOST, plan.streamPort),
    PICKET_ENROL_LISTEN: joinHostPort(STREAM_HOST, plan.enrolPort),
    PICKET_NAMES: [plan.publicHost, process.env.PICKET_NAMES].filter(Boolean).join(','),
  })
}

export function workerOptions({ data }: Surroundings, stores: Env): ProcessOptions {
  return node('worker', ['apps/collector/src/main.ts', 'work'], { ...stores, PICKET_DATA: data.collector })
}

export function consoleEnv({ config, plan, data }: Surroundings, stores: Env): Env {
  return {
    ...stores,
    PICKET_SECRET: data.secret('console-secret'),
    HOST: config.host,
    PORT: String(plan.port),
    PUBLIC_URL: plan.publicUrl,
    PICKET_STREAM_ADDRESS: joinHostPort(plan.publicHost, plan.streamPort),
    PICKET_ENROL_ADDRESS: joinHostPort(plan.publicHost, plan.enrolPort),
    PICKET_BUNDLES: config.bundlesDir,
    PICKET_DATA: data.collector,
  }
}

export function consoleOptions(surroundings: Surroundings, env: Env): ProcessOptions {
  const { config, plan } = surroundings
  if (!config.dev) return node('console', ['apps/console/server.mjs'], env)
  const vite = join(ROOT, 'node_modules', 'vite', 'bin', 'vite.js')
  const args = [vite, 'dev', '--host', config.host, '--port', String(plan.port), '--strictPort']
  return {
    ...node('console', args, env),
    cwd: join(ROOT, 'apps', 'console'),
    probe: () => listens(config.host, plan.port),
  }
}

export function sensorOptions({ config, plan, data }: Surroundings, sensor: SensorPlan, n: number): ProcessOptions {
  const many = (flag: string, values: readonly string[]) => values.flatMap((value) => [flag, value])
  const collector = joinHostPort('127.0.0.1', plan.streamPort)
  const enrol = joinHostPort('127.0.0.1', plan.enrolPort)
  const args = [
    'run',
    ...many('--collector', [collector]),
    ...many('--enrol', [enrol]),
    ...many('--token-file', [tokenFile(data, n)]),
    ...many('--state', [data.sensor(n)]),
    ...many('--name', [sensor.name]),
    ...many('--label', ['env=local']),
    ...many('--interface', sensor.interfaces),
    ...many('--replay', sensor.replay),
    ...(config.speed === undefined ? [] : ['--speed', String(config.speed)]),
  ]
  return node(
    plan.sensors.length === 1 ? 'sensor' : `sensor-${n}`,
    [...reload(config), ...RUNTIME_FLAGS, sensorMain(config), ...args],
    RUNTIME_ENVIRONMENT,
  )
}

const sensorMain = ({ dev }: Config): string => {
  const main = join(LOCAL_SENSOR, 'sensor.mjs')
  return !dev && existsSync(main) ? main : 'apps/sensor/src/main.ts'
}

export const tokenFile = (data: DataFolder, n: number): string => join(data.secrets, `sensor-${n}-token`)

/** In development a change of the code restarts the process. */
const reload = (config: Config): string[] => (config.dev ? ['--watch', '--watch-preserve-output'] : [])

function answersPing(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection(socket, () => connection.write('PING\r\n'))
    const end = (answer: boolean) => {
      connection.destroy()
      resolve(answer)
    }
    connection.setTimeout(1000, () => end(false))
    connection.once('error', () => end(false))
    connection.once('data', (bytes) => end(bytes.toString().startsWith('+PONG')))
  })
}

function listens(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const connection = createConnection({ host, port }, () => {
      connection.destroy()
      resolve(true)
    })
    connection.once('error', () => resolve(false))
  })
}
