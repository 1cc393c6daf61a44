import { parseArgs } from 'node:util'
import pino from 'pino'
import { z } from 'zod'
import { startEmbedded } from './engine.ts'
import { EngineStartError } from './engine-start-error.ts'

const usage = 'usage: node packages/store/src/embedded/main.ts --data DIR --run DIR [--volatile] [--with-parent]'

const configSchema = z.object({
  data: z.string({ error: 'expected a folder for the database files' }).min(1, 'expected a folder, found nothing'),
  run: z.string({ error: 'expected a folder for the socket' }).min(1, 'expected a folder, found nothing'),
  // Not synced to disk: for tests and throw-away data.
  volatile: z.boolean().default(false),
  // Ends when standard input does, that is with the process that started it.
  'with-parent': z.boolean().default(false),
})

function readConfig(): z.infer<typeof configSchema> {
  try {
    const { values } = parseArgs({
      options: {
        data: { type: 'string' },
        run: { type: 'string' },
        volatile: { type: 'boolean' },
        'with-parent': { type: 'boolean' },
      },
    })
    const parsed = configSchema.safeParse(values)
    if (parsed.success) return parsed.data
    for (const issue of parsed.error.issues) console.error(`--${issue.path.join('.')}: ${issue.message}`)
  } catch (error) {
    console.error((error as Error).message)
  }
  console.error(usage)
  process.exit(2)
}

const config = readConfig()
const log = pino({ name: 'database' }, pino.destination({ dest: 2, sync: true }))

try {
  const database = await startEmbedded({
    dataDir: config.data,
    runDir: config.run,
    durable: !config.volatile,
    onBroken: (error) => {
      // The WebAssembly instance cannot go on after a trap or a panic; the next start recovers from the log.
      log.fatal({ err: error }, 'the database engine broke down')
      process.exit(1)
    },
  })
  const stop = () => {
    log.info('stopping')
    database.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, 'the database did not close cleanly')
        process.exit(1)
      },
    )
  }
  process.once('SIGTERM', stop)
  process.once('SIGINT', stop)
  if (config['with-parent']) process.stdin.once('end', stop).resume()
  if (database.movedRunDir)
    log.warn({ run: config.run, url: database.url }, 'the run folder is too long for a socket: using another')
  process.stdout.write(`${JSON.stringify({ ready: true, url: database.url })}\n`)
} catch (error) {
  if (error instanceof EngineStartError) {
    console.error(error.message)
    process.exit(2)
  }
  log.fatal({ err: error }, 'the database engine did not start')
  process.exit(1)
}
