import { once } from 'node:events'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RUNTIME_FLAGS } from '../bundle/runtime-flags.ts'
import { findCommand } from '../setup/find-command.mjs'
import { LOCAL_SENSOR } from '../setup/paths.mjs'
import { Wire } from './wire.ts'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/**
 * What one sensor with its models uses while `rate` new flows a second cross its wire: processor time and resident memory of its
 * whole process group, started as `npm start` starts it, with a collector in memory at the other end of its stream. Prints one
 * JSON object. Needs root.
 */
export async function benchSensor(name: string, rate: number, seconds: number): Promise<void> {
  if (process.getuid?.() !== 0 || !findCommand('ip')) {
    console.error('picket: this benchmark makes network namespaces: it needs root and iproute2')
    process.exit(2)
  }
  const wire = new Wire()
  try {
    const answering = wire.spawn(
      wire.peer,
      [file('flow-traffic.ts'), 'answer', wire.peerAddress],
      ['ignore', 'pipe', 'inherit'],
    )
    if (answering.stdout) await once(answering.stdout, 'data')
    const command = [process.execPath, ...RUNTIME_FLAGS, join(LOCAL_SENSOR, 'sensor.mjs')]
    const args = [file('sensor-inside.ts'), name, wire.peerAddress, String(rate), String(seconds), ...command]
    const inside = wire.spawn(wire.fleet, args, 'inherit')
    const [code] = (await once(inside, 'exit')) as [number | null]
    process.exitCode = code ?? 1
    answering.kill()
  } finally {
    wire.remove()
  }
}
