import { execFile } from 'node:child_process'
import { connect, type TcpNetConnectOpts } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'

/** What one round of probes to one target gave; `rttsUs` is empty when nothing was answered. */
export interface ProbeResult {
  readonly method: 'icmp' | 'tcp'
  readonly sent: number
  readonly received: number
  readonly rttsUs: { min: number; mean: number; max: number } | undefined
}

export interface ProbeOptions {
  readonly count: number
  /** How long one probe may take, milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
  /** The local port for a connection to that host and port; absent lets the system choose. */
  readonly localPort?: (host: string, targetPort: number) => number
}

const gapMs = 200

/**
 * Echo requests by the system's ping; undefined when there is no ping or it may not send. Any other failure (no
 * route, unknown name) is probes that were not answered.
 */
export async function probeIcmp(
  host: string,
  { count, timeoutMs, signal }: ProbeOptions,
): Promise<ProbeResult | undefined> {
  const waitS = String(Math.max(1, Math.round(timeoutMs / 1000)))
  const args = ['-n', '-q', '-c', String(count), '-i', String(gapMs / 1000), '-W', waitS, host]
  const limitMs = count * gapMs + timeoutMs + 2000
  return new Promise((resolve) => {
    const options = { timeout: limitMs, signal, env: { ...process.env, LC_ALL: 'C' } }
    execFile('ping', args, options, (error, stdout, stderr) => {
      const isMissing = error?.code === 'ENOENT' || error?.code === 'EACCES'
      if (isMissing || /not permitted|permission denied/i.test(stderr)) return resolve(undefined)
      resolve(parsePing(stdout) ?? { method: 'icmp', sent: count, received: 0, rttsUs: undefined })
    })
  })
}

/** The two closing lines of ping, of iputils, busybox or BSD; undefined when ping itself failed. */
export function parsePing(output: string): ProbeResult | undefined {
  const counts = /(\d+) packets transmitted, (\d+)(?: packets)? received/.exec(output)
  if (!counts) return undefined
  const rtts = /(?:rtt|round-trip) min\/avg\/max(?:\/\w+)? = ([\d.]+)\/([\d.]+)\/([\d.]+)/.exec(output)
  const micro = (index: number) => Math.round(Number(rtts?.[index]) * 1000)
  return {
    method: 'icmp',
    sent: Number(counts[1]),
    received: Number(counts[2]),
    rttsUs: rtts ? { min: micro(1), mean: micro(2), max: micro(3) } : undefined,
  }
}

/** TCP connections, each closed at once; a refusal is an answer too: the host is there. */
export async function probeTcp(
  host: string,
  port: number,
  { count, timeoutMs, signal, localPort }: ProbeOptions,
): Promise<ProbeResult> {
  const rtts: number[] = []
  for (let probe = 0; probe < count && !signal.aborted; probe++) {
    if (probe > 0) await sleep(gapMs, undefined, { signal }).catch(() => undefined)
    const rtt = await connectOnce({ host, port, localPort: localPort?.(host, port) }, timeoutMs)
    if (rtt !== undefined) rtts.push(rtt)
  }
  const total = rtts.reduce((sum, rtt) => sum + rtt, 0)
  return {
    method: 'tcp',
    sent: count,
    received: rtts.length,
    rttsUs:
      rtts.length > 0
        ? { min: Math.min(...rtts), mean: Math.round(total / rtts.length), max: Math.max(...rtts) }
        : undefined,
  }
}

function connectOnce(to: TcpNetConnectOpts, timeoutMs: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const startMs = performance.now()
    const socket = connect(to)
    const finish = (isAnswered: boolean) => {
      clearTimeout(timer)
      socket.destroy()
      resolve(isAnswered ? Math.round((performance.now() - startMs) * 1000) : undefined)
    }
    const timer = setTimeout(() => finish(false), timeoutMs)
    socket.once('connect', () => finish(true))
    socket.once('error', (error: NodeJS.ErrnoException) => finish(error.code === 'ECONNREFUSED'))
  })
}
