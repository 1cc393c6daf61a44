/**
 * What recognition costs: `npm run bench -- recognise [FILE]`. A capture is metered in this process with recognition and the
 * feature vector of every flow, and by `ndpiReader` where that is installed. Without FILE: nDPI's
 * captures of ../shared/data, one after the other, four times over. One JSON object a line, in seconds of CPU of the whole process
 * (all its threads), as the wall clock tells more about a busy machine's other work; the best of some rounds counts.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { flowFeatures } from '@picket/ml/features'
import { METER_DEFAULTS, meterFile } from '../src/commands/meter-file.ts'
import { raiseInliningLimits } from '../src/compiler-limits.ts'
import { mergeCaptures } from './merge-captures.ts'

const SHARED = fileURLToPath(new URL('../../../../shared/data/pcap-labelled/', import.meta.url))
const ARCHIVES = ['ndpi-git.tar.zst', 'ndpi-4.2.tar.zst']
const LAPS = 4
const ROUNDS = 8

raiseInliningLimits()
const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'))
try {
  const path = process.argv[2] ?? (await mergeShared(folder))
  if (path === undefined) console.log('skipped: ../shared/data is absent')
  else await measure(path)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(path: string): Promise<void> {
  let packets = 0
  let flows = 0
  let recognised = 0
  let seconds = Infinity
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = process.cpuUsage()
    recognised = 0
    const metered = await meterFile(path, METER_DEFAULTS, async (ended) => {
      for (const flow of ended) {
        flowFeatures(flow)
        if (flow.protocolName !== '') recognised++
      }
    })
    seconds = Math.min(seconds, secondsOf(process.cpuUsage(startedAt)))
    packets = metered.packets
    flows = metered.flows
  }
  report('recognise', packets, seconds, { flows, recognised })
  const peer = timePeer(path)
  if (peer === undefined) report('ndpiReader', 0, 0, { skipped: 'ndpiReader is not installed' })
  else {
    report('ndpiReader', packets, peer, {})
    console.log(
      JSON.stringify({ bench: 'recognise', what: 'ratio', times_ndpiReader: Math.round((peer / seconds) * 100) / 100 }),
    )
  }
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6
}

/** The better of two runs, as bash's `times` tells them. */
function timePeer(path: string): number | undefined {
  let best: number | undefined
  for (let round = 0; round < 2; round++) {
    const { stdout, status } = spawnSync('bash', [
      '-c',
      'ndpiReader -q -i "$0" > /dev/null 2>&1 || exit 1; times',
      path,
    ])
    if (status !== 0) return undefined
    const ofChildren = stdout.toString().trim().split('\n')[1]
    const seconds = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s))
    best = Math.min(best ?? Infinity, seconds[0] + seconds[1])
  }
  return best
}

async function mergeShared(into: string): Promise<string | undefined> {
  const archives = ARCHIVES.map((name) => join(SHARED, name))
  if (!archives.every((archive) => existsSync(archive))) return undefined
  for (const archive of archives) spawnSync('tar', ['--zstd', '-xf', archive, '-C', into])
  const names = readdirSync(into, { recursive: true, encoding: 'utf8' }).filter((name) => /\.p?cap(ng)?$/.test(name))
  const target = join(into, 'merged.pcap')
  await mergeCaptures(
    names.sort().map((name) => join(into, name)),
    target,
    LAPS,
  )
  return target
}

function report(what: string, packets: number, seconds: number, more: object): void {
  const speed =
    seconds > 0
      ? { packets, cpu_seconds: Math.round(seconds * 1000) / 1000, mpps: Math.round(packets / seconds / 1e4) / 100 }
      : {}
  console.log(JSON.stringify({ bench: 'recognise', what, ...speed, ...more }))
}
