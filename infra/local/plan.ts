import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { findCommand } from '../setup/find-command.mjs'
import { ROOT } from '../setup/paths.mjs'
import { requireCapturePermission } from './capture-permission.ts'
import type { Config } from './config.ts'
import { externalAddress, interfacesUp, joinHostPort } from './network.ts'
import { claimPort } from './ports.ts'
import { requireReplayFile } from './replay-file.ts'
import { StartError } from './start-error.ts'

/** What one sensor process of this host reads. No interfaces named means every one that is up. */
export interface SensorPlan {
  readonly name: string
  readonly interfaces: readonly string[]
  readonly replay: readonly string[]
}

/** Everything about a start that was decided and checked before the first process runs. */
export interface Plan {
  readonly port: number
  readonly streamPort: number
  readonly enrolPort: number
  /** The console's address as browsers and other hosts see it. */
  readonly publicUrl: string
  /** The name or address under which other hosts reach this one. */
  readonly publicHost: string
  readonly redisServer: string | undefined
  readonly sensors: readonly SensorPlan[]
}

/** Address that sensors connect to; every interface, since sensors are on other hosts. */
export const STREAM_HOST = '0.0.0.0'

/** Checks all that can be known beforehand. Throws StartError for the first thing that stands in the way. */
export async function makePlan(config: Config): Promise<Plan> {
  for (const file of config.replay) requireReplayFile(file)
  if (config.sensors > 0 && config.replay.length === 0) requireCapturePermission()
  const redisServer = config.redisUrl ? undefined : requireRedis()
  if (!config.dev && !existsSync(join(ROOT, 'apps', 'console', 'build', 'handler.js'))) {
    throw new StartError('the console is not built', 'run: npm run setup')
  }
  const port = await claimPort(config.host, config.port, { what: 'console', flag: '--port N' })
  const streamPort = await claimPort(STREAM_HOST, config.streamPort, {
    what: 'sensor streams',
    flag: '--stream-port N',
  })
  const enrolPort = await claimPort(STREAM_HOST, config.enrolPort, {
    what: 'enrolment',
    flag: '--stream-port N (enrolment is on the next port)',
  })
  const isEverywhere = config.host === '0.0.0.0' || config.host === '::'
  const reachable = isEverywhere ? (externalAddress() ?? '127.0.0.1') : config.host
  const publicUrl = config.publicUrl ?? `http://${joinHostPort(reachable, port)}`
  const isLocal = isEverywhere || config.host === 'localhost' || config.host === '::1' || config.host.startsWith('127.')
  const ownHost = isLocal ? (externalAddress() ?? '127.0.0.1') : config.host
  const publicHost = config.publicUrl ? new URL(config.publicUrl).hostname : ownHost
  return { port, streamPort, enrolPort, publicUrl, publicHost, redisServer, sensors: planSensors(config) }
}

function requireRedis(): string {
  const command = findCommand('redis-server') ?? findCommand('valkey-server')
  if (command) return command
  throw new StartError(
    'redis-server is not on this machine',
    'sudo apt-get install -y --no-install-recommends redis-tools, then npm run setup; or set REDIS_URL to a Redis you run',
  )
}

/** One sensor takes everything; several share captures or interfaces out in turn, each at least one. */
export function planSensors(
  config: Pick<Config, 'sensors' | 'replay' | 'hostname'>,
  interfaces: readonly string[] = interfacesUp(),
): SensorPlan[] {
  const { sensors, replay, hostname } = config
  if (sensors === 1) return [{ name: hostname, interfaces: [], replay }]
  const sources = replay.length > 0 ? replay : interfaces
  return Array.from({ length: sensors }, (_, index) => {
    const own = sources.filter((_source, position) => position % sensors === index)
    const share = own.length > 0 ? own : sources.slice(index % sources.length, (index % sources.length) + 1)
    return {
      name: `${hostname}-${index + 1}`,
      interfaces: replay.length > 0 ? [] : share,
      replay: replay.length > 0 ? share : [],
    }
  })
}
