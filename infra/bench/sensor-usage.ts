import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { RUNTIME_FLAGS } from '../bundle/runtime-flags.ts'
import { findCommand } from '../setup/find-command.mjs'
import { bundleSensorCode } from '../bundle/sensor-code.ts'
import { LOCAL_SENSOR } from '../setup/paths.mjs'
import { Wire } from './wire.ts'

const file = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/**
 * What one sensor with its models uses while `rate` new flows a second cross its wire: processor time and resident memory of its
 * whole process group, started as `npm start` starts it, with a collector in memory at the other end of its stream. Prints one
 * JSON object. With `--profile` a second one says where the sensor's own thread spent the time: a run that costs more than one without,
 * because each millisecond is noted. `--max-cpu N` and `--max-memory N` are the sensor's own options. Needs root.
 */
export async function benchSensor(name: string, rate: number, args: readonly string[]): Promise<void> {
  const isProfiled = args.includes('--profile')
  const limits = ['--max-cpu', '--max-memory'].flatMap((option) =>
    args.includes(option) ? [option, args[args.indexOf(option) + 1]] : [],
  )
  const seconds = Number(args.find((arg, i) => /^\d+$/.test(arg) && !args[i - 1]?.startsWith('--max-')) ?? 30)
  if (process.getuid?.() !== 0 || !findCommand('ip')) {
    console.error('picket: this benchmark makes network namespaces: it needs root and iproute2')
    process.exit(2)
  }
  const wire = new Wire()
  const code = isProfiled ? mkdtempSync(join(LOCAL_SENSOR, '..', 'sensor-profiled-')) : LOCAL_SENSOR
  try {
    if (isProfiled) await bundleSensorCode(code, '../../', true)
    const answering = wire.spawn(
      wire.peer,
      [file('flow-traffic.ts'), 'answer', wire.peerAddress],
      ['ignore', 'pipe', 'inherit'],
    )
    if (answering.stdout) await once(answering.stdout, 'data')
    // The profile goes to the working folder, which is the sensor's state folder when it ends.
    const profile = isProfiled ? ['--cpu-prof', '--cpu-prof-dir=.'] : []
    const command = [process.execPath, ...RUNTIME_FLAGS, ...profile, join(code, 'sensor.mjs')]
    const options = [name, wire.peerAddress, String(rate), String(seconds), limits.join(' '), ...command]
    const inside = wire.spawn(wire.fleet, [file('sensor-inside.ts'), ...options], 'inherit')
    const [status] = (await once(inside, 'exit')) as [number | null]
    process.exitCode = status ?? 1
    answering.kill()
  } finally {
    wire.remove()
    if (isProfiled) rmSync(code, { recursive: true })
  }
}
