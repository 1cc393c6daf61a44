import { setTimeout as sleep } from 'node:timers/promises'
import type { CoverageGap, Flow } from '@picket/proto'
import { CaptureError } from '../capture/capture-error.ts'
import { Exclusion } from '../capture/exclusion.ts'
import { FileSource } from '../capture/file-source.ts'
import type { Frame } from '../capture/frame.ts'
import { InterfaceMeter } from '../capture/interface-meter.ts'
import { interfaceNameOf } from '../capture/replay.ts'
import type { FragmentCounts } from '../decode/reassembly.ts'
import { AddressNames } from '../recognise/address-names.ts'

const PACKETS_A_TURN = 8_192
const FLOWS_A_TURN = 4_096
/** Between looks whether the next packet's time has come. */
const NOT_YET_MS = 5

export interface MeterFileOptions {
  idleTimeoutMs: number
  activeTimeoutMs: number
  maxFlows: number
  /** Plays in packet time, so many times faster than recorded; as fast as the file is read without it. */
  speed?: number
}

export const METER_DEFAULTS: MeterFileOptions = { idleTimeoutMs: 30_000, activeTimeoutMs: 60_000, maxFlows: 131_072 }

export interface MeteredFile {
  packets: number
  /** Octets on the wire. */
  octets: number
  flows: number
  gaps: CoverageGap[]
  fragments: FragmentCounts
  error: CaptureError | undefined
}

/** Meters one capture file as fast as it goes, with a clock and a table of its own. Flows are handed on as they end. */
export async function meterFile(
  path: string,
  options: MeterFileOptions,
  onFlows: (flows: Flow[]) => Promise<boolean | void>,
): Promise<MeteredFile> {
  const meter = new InterfaceMeter({
    interfaceName: interfaceNameOf(path),
    idleTimeoutUs: options.idleTimeoutMs * 1000,
    activeTimeoutUs: options.activeTimeoutMs * 1000,
    maxFlows: options.maxFlows,
    exclusion: new Exclusion(),
    names: new AddressNames(),
  })
  const nowUs = (): number => performance.now() * 1000
  const source = new FileSource({
    path,
    onAhead: (frames) => meter.expect(frames),
    replay: options.speed ? { speed: options.speed, nowUs, keepsTimes: true } : undefined,
  })
  let flows = 0
  let error: CaptureError | undefined
  const handOn = async (): Promise<void> => {
    flows += meter.endedFlows
    if (meter.endedFlows > 0) await onFlows(meter.takeFlows())
  }
  try {
    await source.open()
    const handle = (frame: Frame): void => meter.handle(frame)
    while (!source.ended) {
      const count = source.read(handle, PACKETS_A_TURN)
      await handOn()
      if (count === 0 && options.speed && !source.ended) await sleep(NOT_YET_MS)
    }
    error = source.error
  } catch (cause) {
    if (!(cause instanceof CaptureError)) throw cause
    error = cause
  } finally {
    await source.close()
  }
  while (meter.table.endSome(FLOWS_A_TURN)) await handOn()
  await handOn()
  const { packetsRead: packets, octetsRead: octets, fragments } = meter
  return { packets, octets, flows, gaps: meter.takeGaps(true), fragments, error }
}
