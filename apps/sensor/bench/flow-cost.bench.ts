/**
 * What a packet costs by the number of flows and by its length: `npm run bench -- flow-cost [SVG]`. Generated captures are
 * metered with headers and all statistics and without recognition, each twice in a process of its own; the quickest pass but the first
 * counts, by the CPU time of its thread. One JSON object a line; with a path, a drawing of them as SVG.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { drawCosts, type Series } from './draw-costs.ts'
import { generateCapture } from './generate-capture.ts'

const FLOWS = [100, 1_000, 10_000, 100_000]
const LENGTHS = [64, 256, 576, 1_024, 1_500]
const PACKETS = 300_000
const PASSES = 3
const METER = fileURLToPath(new URL('./meter-without-recognition.ts', import.meta.url))

const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'))
try {
  const byFlows = FLOWS.map((flows) => [flows, measure({ flows, lengths: [64] })] as const)
  const byLength = LENGTHS.map((length) => [length, measure({ flows: 1_000, lengths: [length] })] as const)
  const series: Series[] = [
    { title: 'by flows (64 octets a frame)', unit: 'flows', points: byFlows, isLogarithmic: true },
    { title: 'by frame length (1,000 flows)', unit: 'octets', points: byLength, isLogarithmic: false },
  ]
  if (process.argv[2]) writeFileSync(process.argv[2], drawCosts('Nanoseconds a packet, one thread', series))
} finally {
  rmSync(folder, { recursive: true, force: true })
}

function measure({ flows, lengths }: { flows: number; lengths: number[] }): number {
  const path = join(folder, 'generated.pcap')
  generateCapture({ path, packets: PACKETS, flows, lengths })
  const { stdout, status } = spawnSync(process.execPath, [METER, path, String(PASSES)], { encoding: 'utf8' })
  if (status !== 0) throw new Error(`${METER} ended with ${status}`)
  const passes = stdout.trim().split('\n').slice(1)
  const ms = Math.min(...passes.map((line) => (JSON.parse(line) as { ms: number }).ms))
  const nanoseconds = Math.round((ms * 1e6) / PACKETS)
  console.log(
    JSON.stringify({ bench: 'flow-cost', flows, length: lengths[0], packets: PACKETS, ns_a_packet: nanoseconds }),
  )
  return nanoseconds
}
