/**
 * What recognition costs: `npm run bench -- recognise [--profile] [FILE]`. A capture is metered with recognition and the
 * feature vector of every flow by one process, and by `ndpiReader` where that is installed, in turn. Without FILE: nDPI's
 * captures of ../shared/data, one after the other, eight times over. One JSON object a line, in seconds of CPU of the whole process
 * (all its threads), as the wall clock tells more about a busy machine's other work; the best of some rounds counts. With `--profile`
 * also what each stage adds to a packet. Modules are kept stripped of their types and compiled, which is what the sensor's bundle is:
 * stripping them detaches a buffer, and from then on V8 looks at every access whether its own is.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { mergeCaptures } from './merge-captures.ts'
import { RecogniseMeter } from './recognise-round.ts'
import { timeStages } from './stages.ts'

const SHARED = fileURLToPath(new URL('../../../../shared/data/pcap-labelled/', import.meta.url))
const ARCHIVES = ['ndpi-git.tar.zst', 'ndpi-4.2.tar.zst']
const LAPS = 8
/** Before they are in turn with the peer: what V8 compiles on the way is the price of the first second of a sensor's life. */
const ROUNDS_AHEAD = 6
const TURNS = 4

const args = process.argv.slice(2)
const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'))
try {
  const path = args.find((arg) => !arg.startsWith('--')) ?? (await mergeShared(folder))
  if (path === undefined) console.log('skipped: ../shared/data is absent')
  else await measure(path)
} finally {
  rmSync(folder, { recursive: true, force: true })
}

async function measure(path: string): Promise<void> {
  const compiled = join(folder, 'compiled')
  await new RecogniseMeter(path, compiled).stop()
  const meter = new RecogniseMeter(path, compiled)
  for (let round = 0; round < ROUNDS_AHEAD; round++) await meter.round()
  let best = await meter.round()
  let peer: number | undefined
  for (let turn = 0; turn < TURNS; turn++) {
    peer = earlier(peer, timePeer(path))
    const round = await meter.round()
    if (round.seconds < best.seconds) best = round
  }
  await meter.stop()
  const { packets, seconds, threadSeconds, flows, recognised } = best
  report('recognise', packets, seconds, { thread_seconds: rounded(threadSeconds, 3), flows, recognised })
  if (peer === undefined) report('ndpiReader', 0, 0, { skipped: 'ndpiReader is not installed' })
  else {
    report('ndpiReader', packets, peer, {})
    report('ratio', 0, 0, { times_ndpiReader: rounded(peer / seconds, 2) })
  }
  if (args.includes('--profile')) for (const stage of timeStages(path, packets, compiled)) report('stage', 0, 0, stage)
}

function earlier(one: number | undefined, other: number | undefined): number | undefined {
  return one === undefined || other === undefined ? (one ?? other) : Math.min(one, other)
}

/** Seconds of CPU of one run, as bash's `times` tells them. */
function timePeer(path: string): number | undefined {
  const script = 'ndpiReader -q -i "$0" > /dev/null 2>&1 || exit 1; times'
  const { stdout, status } = spawnSync('bash', ['-c', script, path])
  if (status !== 0) return undefined
  const ofChildren = stdout.toString().trim().split('\n')[1]
  const seconds = [...ofChildren.matchAll(/(\d+)m([\d.]+)s/g)].map(([, m, s]) => Number(m) * 60 + Number(s))
  return seconds[0] + seconds[1]
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
    seconds > 0 ? { packets, cpu_seconds: rounded(seconds, 3), mpps: rounded(packets / seconds / 1e6, 2) } : {}
  console.log(JSON.stringify({ bench: 'recognise', what, ...speed, ...more }))
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits))
}
