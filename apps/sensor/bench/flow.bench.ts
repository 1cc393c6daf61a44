/**
 * Packets a second of one thread: `npm run bench -- flow [FILE]`. A capture (generated where none is given: 2 million
 * packets of 20,000 flows) is metered with headers and all statistics and without recognition, by `meter --summary` with
 * it, by softflowd and by argus, three times in turn. One JSON object a line: `mpps` counts the whole process by its CPU
 * time, start-up and compiling included, so that neighbours on the machine disturb least; `mpps_thread` the packets alone, by the
 * CPU time of the thread that meters them. Modules stripped of their types are kept between the rounds, as the sensor's commands
 * keep them between runs.
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { generateCapture } from './generate-capture.ts'

const ROUNDS = 3
const PACKETS = 2_000_000
const FLOWS = 20_000
const MAIN = fileURLToPath(new URL('../src/main.ts', import.meta.url))
const METER = fileURLToPath(new URL('./meter-without-recognition.ts', import.meta.url))

interface Result {
  cpuSeconds: number
  seconds: number
  stdout: string
}

/** Most packets a microsecond, by contender. */
const best = new Map<string, number>()
let packets = 0
const folder = mkdtempSync(join(tmpdir(), 'picket-bench-'))
const env = { ...process.env, NODE_COMPILE_CACHE: join(folder, 'compiled') }
try {
  const path = process.argv[2] ?? join(folder, 'generated.pcap')
  if (process.argv[2] === undefined) generateCapture({ path, packets: PACKETS, flows: FLOWS })
  const contenders: Record<string, [string, string[]]> = {
    picket: [process.execPath, [METER, path, '2']],
    'picket-meter': [process.execPath, [MAIN, 'meter', '--summary', path]],
    softflowd: ['softflowd', ['-d', '-r', path, '-n', '127.0.0.1:9', '-m', '131072']],
    argus: ['argus', ['-X', '-r', path, '-w', '/dev/null']],
  }
  for (let round = 0; round < ROUNDS; round++) {
    for (const [what, command] of Object.entries(contenders)) measure(what, command)
  }
  for (const peer of ['softflowd', 'argus']) {
    const ratios = { process: ratio('picket', peer), thread: ratio('picket-thread', peer) }
    report({ what: `ratio-to-${peer}`, packets, ...ratios })
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}

/** Reports one run: for Picket, which meters the capture twice in a process, also the second time by itself. */
function measure(what: string, [command, args]: [string, string[]]): void {
  const result = time(command, args)
  if (!result) {
    report({ what, skipped: `${command} is not installed or failed` })
    return
  }
  const passes = what === 'picket' ? parsePasses(result.stdout) : []
  packets = passes[0]?.packets ?? packets
  const mpps = (packets * Math.max(1, passes.length)) / result.cpuSeconds / 1e6
  keepBest(what, mpps)
  const last = passes.at(-1)
  const threadMpps = last && last.packets / last.ms / 1e3
  if (threadMpps !== undefined) keepBest(`${what}-thread`, threadMpps)
  const thread = threadMpps === undefined ? {} : { mpps_thread: rounded(threadMpps) }
  report({ what, packets, mpps: rounded(mpps), ...thread, seconds: rounded(result.seconds) })
}

function parsePasses(stdout: string): { packets: number; ms: number }[] {
  const lines = stdout.trim().split('\n')
  return lines.map((line) => JSON.parse(line) as { packets: number; ms: number })
}

function keepBest(what: string, mpps: number): void {
  best.set(what, Math.max(best.get(what) ?? 0, mpps))
}

function ratio(what: string, peer: string): number | undefined {
  const [ours, theirs] = [best.get(what), best.get(peer)]
  return ours && theirs ? rounded(ours / theirs) : undefined
}

/** Runs a command under a shell, whose `times` tells the CPU seconds of its children: user and system. */
function time(command: string, args: string[]): Result | undefined {
  const script = `"$0" "$@" 2>/dev/null; code=$?; times >&2; exit $code`
  const startedAt = performance.now()
  const { status, stdout, stderr } = spawnSync('sh', ['-c', script, command, ...args], { encoding: 'utf8', env })
  if (status !== 0) return undefined
  const times = [...stderr.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => 60 * Number(minutes) + Number(rest))
  const cpuSeconds = times.at(-2)! + times.at(-1)!
  return { cpuSeconds, seconds: (performance.now() - startedAt) / 1000, stdout }
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100
}

function report(line: object): void {
  console.log(JSON.stringify({ bench: 'flow', ...line }))
}
