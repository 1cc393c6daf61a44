import type { Logger } from 'pino'
import type { CaptureSettings } from '../capture-settings.ts'
import type { Opening } from '../interface-opener.ts'
import type { InterfaceDescription } from '../interfaces.ts'
import { readKernelCounters } from '../kernel-counters.ts'
import type { Meters } from '../meters.ts'
import type { PacketSockets } from '../packet-sockets.ts'
import { fanoutBlocks } from '../ring-size.ts'
import { FanoutGroup } from './fanout-group.ts'
import { FanoutInterface } from './fanout-interface.ts'

export interface FanoutOptions {
  settings: CaptureSettings
  sockets: PacketSockets | undefined
  meters: Meters
  logger: Pick<Logger, 'info' | 'warn'>
  rings: number
  opening: Pick<Opening, 'count' | 'promiscuous' | 'vlanId'>
}

/** Captures one interface by several rings, each read by a thread of its own. Throws a CaptureError. */
export async function openFanout(description: InterfaceDescription, options: FanoutOptions): Promise<FanoutInterface> {
  const { settings, sockets, meters, logger, rings, opening } = options
  const group = new FanoutGroup({
    settings: {
      description,
      blocks: fanoutBlocks(description, opening.count, rings),
      promiscuous: opening.promiscuous || (settings.promiscuous ?? false),
      snapLength: settings.snapLength,
      filter: settings.filter?.programFor(description.isEthernet),
      vlanId: opening.vlanId,
      metering: meters.forRings(rings),
    },
    sockets,
  })
  const counters = readKernelCounters().get(description.name)
  const { names, rung } = meters
  const capture = new FanoutInterface({ group, names, nowUs: Date.now() * 1000, counters, logger })
  capture.setRung(rung)
  await capture.open(rings)
  return capture
}
