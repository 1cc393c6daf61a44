import { resolve } from 'node:path'
import type { Logger } from 'pino'
import type { CaptureSettings } from './capture/capture-settings.ts'
import type { PacketSockets } from './capture/packet-sockets.ts'
import type { RunConfig } from './config.ts'
import { ensureIdentity } from './enrol/enrol.ts'
import type { Identity } from './enrol/identity.ts'
import { dropPrivileges } from './privileges/drop-privileges.ts'
import type { ProcessAddon } from './process-addon.ts'
import { createSensor, type Emit } from './sensor.ts'
import { lockStateFolder } from './state-lock.ts'

const telemetryMs = 60_000

export interface ServeOptions {
  config: RunConfig
  settings: CaptureSettings
  own: ProcessAddon | undefined
  sockets: PacketSockets | undefined
  logger: Logger
  signal: AbortSignal
}

/** Enrols where that was not done yet, then runs until the signal aborts or the collector removes the sensor. */
export async function serve(options: ServeOptions): Promise<void> {
  const { config, signal } = options
  const emit: Emit = (line) => process.stdout.write(`${JSON.stringify(line)}\n`)
  const lock = await lockStateFolder(config.stateFolder)
  try {
    const identity = await enrol(config, emit, signal)
    if (identity) await sense({ ...options, identity, emit })
  } finally {
    lock.release()
  }
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

interface SenseOptions extends ServeOptions {
  identity: Identity
  emit: Emit
}

async function sense({ config, settings, identity, own, sockets, logger, emit, signal }: SenseOptions): Promise<void> {
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
