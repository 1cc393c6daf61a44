import { cacheCompiledCode } from './compile-cache.ts'
import { raiseInliningLimits } from './compiler-limits.ts'
import { reasonOf, SensorError } from './errors.ts'

const usage = `usage: sensor COMMAND

  interfaces                 one JSON object an interface
  meter [--summary] FILE...  one JSON object a flow of the captures
  score FILE... [--models DIR]   the same with class and anomaly
  detect FILE... [--config FILE] one JSON object a finding
  run --collector HOST:PORT --token-file FILE --state FOLDER   the service
      [--enrol HOST:PORT]    default: the collector's port + 1
      [--name HOSTNAME] [--label KEY=VALUE]... [--interface NAME]...
      [--replay FILE]... [--speed N]   captures instead of interfaces, N times as fast as recorded
      [--fanout [NAME=]N]... so many rings over a busy interface, each with a thread
      [--max-cpu PERCENT] [--max-memory MIB]   of a core, resident; beyond it the sensor does less
      [--spool-bytes N]      bound of the queue on disk, default 268435456
      [--log-level LEVEL]    debug, info, warn or error; default info

Results go to standard output, logs to standard error. Exit 0: done; 2: wrong arguments or unreadable input; 1: failed.
`

/** Whatever hangs, the process is gone by then; what was not sent waits in the spool. */
const stopDeadlineMs = 9000

type Command = (args: string[], signal: AbortSignal) => Promise<number>

// Loaded when asked for: "interfaces" needs neither gRPC nor ONNX.
const commands: Record<string, () => Promise<{ run: Command }>> = {
  interfaces: () => import('./commands/interfaces.ts'),
  meter: () => import('./commands/meter.ts'),
  score: () => import('./commands/score.ts'),
  detect: () => import('./commands/detect.ts'),
  run: () => import('./run.ts'),
}

function giveUp(name: string): void {
  process.stderr.write(
    `sensor ${name}: not ended in order within ${stopDeadlineMs / 1000} s: flows that were not in the spool are lost\n`,
  )
  process.exit(1)
}

async function main([name = '', ...args]: string[]): Promise<number> {
  const load = commands[name]
  if (['--help', '-h', 'help'].includes(name) || args.includes('--help')) {
    process.stdout.write(usage)
    return 0
  }
  if (!load) {
    process.stderr.write(name === '' ? usage : `sensor: no command "${name}"\n${usage}`)
    return 2
  }
  const stopping = new AbortController()
  const stop = () => {
    stopping.abort()
    setTimeout(giveUp, stopDeadlineMs, name).unref()
  }
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, stop)
  if (name !== 'run' && process.argv[1].endsWith('.ts')) cacheCompiledCode()
  try {
    const { run } = await load()
    return await run(args, stopping.signal)
  } catch (error) {
    if (!(error instanceof SensorError)) {
      process.stderr.write(`sensor ${name}: ${error instanceof Error ? error.stack : reasonOf(error)}\n`)
      return 1
    }
    for (const line of error.message.split('\n')) process.stderr.write(`sensor ${name}: ${line}\n`)
    return error.exitCode
  }
}

raiseInliningLimits()
// grpc-js gives IP addresses as TLS server names, which Node deprecates in a warning on every start (DEP0123).
process.noDeprecation = true
process.exitCode = await main(process.argv.slice(2))
