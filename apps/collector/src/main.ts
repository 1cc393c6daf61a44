import { parseArgs } from 'node:util'
import { startCollector } from './collector.ts'
import { parseServeConfig, parseTokenConfig, parseWorkConfig } from './config.ts'
import { createTokenText, parseTokenArguments } from './enroll/create-token.ts'
import { CollectorError, configurationError, messageOf } from './errors.ts'
import { createLogger, Telemetry } from './telemetry.ts'
import { startWorker } from './worker.ts'

const USAGE = `usage: node apps/collector/src/main.ts serve
       node apps/collector/src/main.ts work
       node apps/collector/src/main.ts token [--ttl-minutes N] [--label key=value]...`

/** The stop has to be done within 10 s; after that the process ends anyway. */
const STOP_DEADLINE_MS = 9_000

async function serve(): Promise<void> {
  const askedToStop = whenAskedToStop()
  const config = parseServeConfig(process.env)
  const logger = createLogger(config.logLevel)
  const telemetry = new Telemetry()
  const collector = await startCollector(config, telemetry, logger)
  const { stream, enrol, fingerprint } = collector
  sayReady({ ready: true, stream, enrol, fingerprint })
  await askedToStop
  await stopInTime(collector.stop)
  logger.info(telemetry.snapshot(), 'collector stopped')
}

async function work(): Promise<void> {
  const askedToStop = whenAskedToStop()
  const config = parseWorkConfig(process.env)
  const logger = createLogger(config.logLevel)
  const worker = await startWorker(config, new Telemetry(), logger)
  sayReady({ ready: true })
  await askedToStop
  await stopInTime(worker.stop)
  logger.info('worker stopped')
}

async function token(args: string[]): Promise<void> {
  const request = parseTokenArguments(args)
  process.stdout.write(`${await createTokenText(parseTokenConfig(process.env), request)}\n`)
}

function sayReady(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`)
}

/** Listens from the first moment: who has read the ready line may ask at once. */
function whenAskedToStop(): Promise<void> {
  return new Promise<void>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve())
  })
}

async function stopInTime(stop: () => Promise<void>): Promise<void> {
  setTimeout(() => process.exit(1), STOP_DEADLINE_MS).unref()
  await stop()
}

async function run(args: string[]): Promise<void> {
  const [command, ...rest] = args
  if (command === 'serve' && rest.length === 0) return await serve()
  if (command === 'work' && rest.length === 0) return await work()
  if (command === 'token') return await token(rest)
  const { positionals } = parseArgs({ args, allowPositionals: true, strict: false })
  throw configurationError([`unknown command "${positionals.join(' ')}"`, USAGE])
}

try {
  await run(process.argv.slice(2))
  process.exit(0)
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(error instanceof CollectorError ? error.exitCode : 1)
}
