import type { Flow } from '@picket/proto'
import { join } from 'node:path'
import { METER_DEFAULTS, type MeteredFile, meterFile } from '../src/commands/meter-file.ts'

/** Meters one of the captures beside this file: its flows in order of time, and the summary. */
export async function meterCapture(name: string): Promise<{ flows: Flow[]; metered: MeteredFile }> {
  const flows: Flow[] = []
  const path = join(import.meta.dirname, 'captures', `${name}.pcap`)
  const metered = await meterFile(path, METER_DEFAULTS, async (ended) => void flows.push(...ended))
  return { flows: flows.sort((a, b) => a.startUs - b.startUs), metered }
}
