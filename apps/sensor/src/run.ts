import { pino } from 'pino'
import type { CaptureSettings } from './capture/capture-settings.ts'
import { packetFilter } from './capture/packet-filter.ts'
import { parseRunConfig, type RunConfig } from './config.ts'
import { prepareStateFolder } from './enrol/identity.ts'
import { sensorErrors } from './errors.ts'
import { executeConfined } from './privileges/execute-confined.ts'
import { openPacketSockets } from './privileges/open-packet-sockets.ts'
import { loadProcessAddon } from './process-addon.ts'

/** The service: runs until the signal aborts or the collector removes the sensor. Fails, coded, when it cannot start. */
export async function run(args: readonly string[], signal: AbortSignal): Promise<number> {
  const parsed = parseRunConfig(args)
  if ('mistakes' in parsed) throw sensorErrors.usage(parsed.mistakes)
  const { config } = parsed
  const { stateFolder, tokenFile, replay, logLevel } = config
  const settings = toCaptureSettings(config)
  const own = loadProcessAddon()
  const opened = own && openPacketSockets(!replay)
  const logger = pino({ level: logLevel }, pino.destination({ dest: 2, sync: true }))
  await prepareStateFolder(stateFolder)
  if (opened && !opened.areInherited) {
    const given = [...(tokenFile ? [tokenFile] : []), ...(replay?.files ?? [])]
    executeConfined({ own, sockets: opened.sockets, stateFolder, given, logger })
  }
  // Loaded by the process that stays.
  const { serve } = await import('./serve.ts')
  await serve({ config, settings, own, sockets: opened?.sockets, logger, signal })
  return 0
}

/** Throws a CaptureError for a filter that cannot be compiled. */
function toCaptureSettings({ snapLength, promiscuous, fanout, filter }: RunConfig): CaptureSettings {
  return { snapLength, promiscuous, fanout, ...(filter && { filter: packetFilter(filter) }) }
}
