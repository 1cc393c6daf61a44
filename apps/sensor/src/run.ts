import { resolve } from 'node:path'
import { pino, type Logger } from 'pino'
import { parseRunConfig, type RunConfig } from './config.ts'
import { ensureIdentity } from './enrol/enrol.ts'
import { prepareStateFolder, type Identity } from './enrol/identity.ts'
import { sensorErrors } from './errors.ts'
import type { CaptureSettings } from './capture/capture-settings.ts'
import { packetFilter } from './capture/packet-filter.ts'
import type { PacketSockets } from './capture/packet-sockets.ts'
import { dropPrivileges } from './privileges/drop-privileges.ts'
import { openPacketSockets } from './privileges/open-packet-sockets.ts'
import { loadProcessAddon, type ProcessAddon } from './process-addon.ts'
import { createSensor, type Emit } from './sensor.ts'
import { lockStateFolder } from './state-lock.ts'

const telemetryMs = 60_000

/** The service: runs until the signal aborts or the collector removes the sensor. Fails, coded, when it cannot start. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = parseRunConfig(args)
  if ('mistakes' in parsed) throw sensorErrors.usage(parsed.mistakes)
  const { config } = parsed
  const settings = toCaptureSettings(config)
  const own = loadProcessAddon()
  const sockets = own && openPacketSockets(own, !config.replay)
  const logger = pino({ level: config.logLevel }, pino.destination({ dest: 2, sync: true }))
  const emit: Emit = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
  await prepareStateFolder(config.stateFolder)
  const lock = await lockStateFolder(config.stateFolder)
  try {
    const identity = await enrol(config, emit, signal)
    if (identity) await serve({ config, settings, identity, own, sockets, logger, emit, signal })
  } finally {
    lock.release()
  }
  return 0
}

/** The identity; undefined when the signal aborted before there was one. */
async function enrol(config: RunConfig, emit: Emit, signal: AbortSignal): Promise<Identity | undefined> {
  try {
    return await ensureIdentity({
      collector: config.enrol,
      tokenFile: config.tokenFile,
      stateFolder: config.stateFolder,
      hostname: config.name,
      labels: config.labels,
      backoff: { initialMs: 500, limitMs: 30_000, random: Math.random },
      onRetry: (attempt, reason, retryMs) => emit({ state: 'enrolling', attempt, reason, retryMs }),
      signal,
    })
  } catch (error) {
    if (signal.aborted) return undefined
    throw error
  }
}

/** Throws a CaptureError for a filter that cannot be compiled. */
function toCaptureSettings({ snapLength, promiscuous, fanout, filter }: RunConfig): CaptureSettings {
  return { snapLength, promiscuous, fanout, ...(filter && { filter: packetFilter(filter) }) }
}

interface ServeOptions {
  config: RunConfig
  settings: CaptureSettings
  identity: Identity
  own: ProcessAddon | undefined
  sockets: PacketSockets | undefined
  logger: Logger
  emit: Emit
  signal: AbortSignal
}

async function serve({ config, settings, identity, own, sockets, logger, emit, signal }: ServeOptions): Promise<void> {
  // From inside, the folder can be used by an account that may not enter those above it.
  const replay = config.replay && { ...config.replay, files: config.replay.files.map((file) => resolve(file)) }
  process.chdir(config.stateFolder)
  const sensor = await createSensor({
    ...config,
    capture: settings,
    replay,
    stateFolder: '.',
    identity,
    sockets,
    own,
    logger,
    emit,
  })
  const timer = setInterval(() => logger.debug(sensor.telemetry.snapshot(), 'telemetry'), telemetryMs)
  const stopped = new Promise<false>((resolve) =>
    signal.addEventListener('abort', () => resolve(false), { once: true }),
  )
  let isRetired = false
  try {
    await sensor.open()
    if (own) await dropPrivileges({ own, folder: '.', logger })
    await sensor.start()
    if (!signal.aborted) isRetired = await Promise.race([stopped, sensor.retired.then(() => true)])
  } finally {
    clearInterval(timer)
    await sensor.stop()
    logger.info(sensor.telemetry.snapshot(), 'stopped')
  }
  if (!isRetired) return
  await sensor.erase()
  emit({ state: 'retired' })
}
