import { spawn } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

const ROOT = fileURLToPath(new URL('../../..', import.meta.url))

/** What scripts read of a line of `sensor meter`. */
export interface MeterLine {
  event: { end: string }
  log: { file: { path: string } }
  network?: { iana_number?: string; protocol?: string }
  source?: { ip?: string; port?: number; packets?: number }
  destination?: { ip?: string; port?: number; packets?: number }
  picket: {
    features: (number | null)[]
    host_name?: string
    application?: string
    ether_type?: number
    protocol_confidence?: number
  }
}

/** The flows of captures by the sensor's own command, in the order it gives them. */
export async function* meterCaptures(files: readonly string[]): AsyncGenerator<MeterLine> {
  const sensor = `${ROOT}/apps/sensor/src/main.ts`
  const child = spawn(process.execPath, [sensor, 'meter', ...files], {
    cwd: ROOT,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const exit = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  for await (const line of createInterface({ input: child.stdout })) yield JSON.parse(line) as MeterLine
  const code = await exit
  if (code !== 0) throw new Error(`sensor meter ended with code ${code}`)
}
