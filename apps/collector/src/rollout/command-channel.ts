import { COMMANDS_CHANNEL, redisOptions, type CommandMessage } from '@picket/store/queues'
import { Redis } from 'ioredis'
import { z } from 'zod'
import type { Stage } from '../stage.ts'
import type { Logger } from '../telemetry.ts'

const commandMessage = z.discriminatedUnion('type', [
  z.object({ type: z.literal('settings-changed') }),
  z.object({ type: z.literal('models-changed') }),
  z.object({ type: z.literal('sensor-removed'), sensorId: z.string() }),
  z.object({ type: z.literal('token-created') }),
]) satisfies z.ZodType<CommandMessage>

/** Hears what other processes changed. A message lost while Redis is away only delays: everything is polled as well. */
export class CommandChannel implements Stage {
  readonly #redis: Redis
  readonly #logger: Logger
  readonly #onCommand: (command: CommandMessage) => void

  constructor(redisUrl: string, logger: Logger, onCommand: (command: CommandMessage) => void) {
    this.#redis = new Redis({ ...redisOptions(redisUrl), lazyConnect: true })
    this.#logger = logger
    this.#onCommand = onCommand
    this.#redis.on('error', (error) => logger.debug({ error: error.message }, 'command channel is away'))
    this.#redis.on('message', (_channel, text) => this.#receive(text))
  }

  /** Does not wait for Redis: it subscribes as soon as there is one. */
  async start(): Promise<void> {
    this.#redis.subscribe(COMMANDS_CHANNEL).catch((error: Error) => this.#logger.debug({ error: error.message }))
  }

  async stop(): Promise<void> {
    this.#redis.disconnect()
  }

  #receive(text: string): void {
    const parsed = commandMessage.safeParse(parseJson(text))
    if (parsed.success) this.#onCommand(parsed.data)
    else this.#logger.warn({ text: text.slice(0, 200) }, 'a message on the command channel was not understood')
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
