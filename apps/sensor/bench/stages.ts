import { spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'

/** What is done with a capture, each stage on top of those before it. */
export const STAGES = ['read', 'decode', 'flow-table', 'recognition', 'export', 'features'] as const
export type Stage = (typeof STAGES)[number]

const METER = fileURLToPath(new URL('./meter-to-stage.ts', import.meta.url))
/** Each process once in turn, so often: the quickest counts, as neighbours come and go. */
const TURNS = 3

/**
 * Microseconds of CPU of the metering thread that each stage adds to a packet, and its share of all of them. `compiled` is where modules are
 * kept, stripped of their types and compiled.
 */
export function timeStages(
  path: string,
  packets: number,
  compiled: string,
): { stage: Stage; us_per_packet: number; share: number }[] {
  const best = new Map<Stage, number>()
  for (let turn = 0; turn < TURNS; turn++) {
    for (const stage of STAGES) best.set(stage, Math.min(best.get(stage) ?? Infinity, secondsTo(stage, path, compiled)))
  }
  const all = best.get('features') ?? NaN
  let before = 0
  return STAGES.map((stage) => {
    const seconds = (best.get(stage) ?? NaN) - before
    before += seconds
    return { stage, us_per_packet: rounded((seconds / packets) * 1e6, 3), share: rounded(seconds / all, 2) }
  })
}

function secondsTo(stage: Stage, path: string, compiled: string): number {
  const env = { ...process.env, NODE_COMPILE_CACHE: compiled }
  const args = ['--single-threaded-gc', METER, stage, path]
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', env })
  return (JSON.parse(stdout) as { cpu_seconds: number }).cpu_seconds
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
