import { resolve } from 'node:path'
import { z } from 'zod'
import { configurationError } from './errors.ts'

const LOG_LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const

const listen = (fallback: string) =>
  z
    .string()
    .default(fallback)
    .refine(isAddress, 'host:port, port 0 to 65535, IPv6 in brackets, for example 0.0.0.0:7443 or [::]:7443')

const names = z
  .string()
  .default('')
  .transform((text) => text.split(',').map((name) => name.trim()))
  .transform((list) => list.filter((name) => name !== ''))
  .refine((list) => list.every(isName), 'a comma-separated list of host names and IP addresses')

const databaseUrl = z
  .string({ error: 'a PostgreSQL URL, for example postgresql://picket@localhost/picket' })
  .regex(/^postgres(ql)?:\/\//, 'a PostgreSQL URL, for example postgresql://picket@localhost/picket')
const redisUrl = z
  .string({ error: 'redis://host:port or the path of a unix socket' })
  .regex(/^(rediss?:\/\/|unix:\/\/|\/)/, 'redis://host:port, rediss://host:port or the path of a unix socket')
const dataFolder = z
  .string({ error: 'the folder that holds the authority and the models' })
  .min(1, 'the folder that holds the authority and the models')
  .transform((folder) => resolve(folder))
const logLevel = z.enum(LOG_LEVELS, { error: `one of ${LOG_LEVELS.join(', ')}` }).default('info')

const tokenSettings = z.object({ DATABASE_URL: databaseUrl, PICKET_DATA: dataFolder, PICKET_LOG_LEVEL: logLevel })
const workSettings = tokenSettings.extend({ REDIS_URL: redisUrl })
const serveSettings = workSettings.extend({
  PICKET_STREAM_LISTEN: listen('0.0.0.0:7443'),
  PICKET_ENROL_LISTEN: listen('0.0.0.0:7444'),
  PICKET_NAMES: names,
})

export type Environment = Readonly<Record<string, string | undefined>>

/** What `token` needs. */
export interface TokenConfig {
  databaseUrl: string
  /** Absolute path of the data folder. */
  dataFolder: string
  logLevel: string
}

/** What `work` needs. */
export interface WorkConfig extends TokenConfig {
  redisUrl: string
}

/** What `serve` needs. */
export interface ServeConfig extends WorkConfig {
  streamListen: string
  enrolListen: string
  /** Host names and addresses of the server certificate besides this machine's own. */
  names: string[]
}

export function parseTokenConfig(environment: Environment): TokenConfig {
  const settings = parse(tokenSettings, environment)
  return {
    databaseUrl: settings.DATABASE_URL,
    dataFolder: settings.PICKET_DATA,
    logLevel: settings.PICKET_LOG_LEVEL,
  }
}

export function parseWorkConfig(environment: Environment): WorkConfig {
  const settings = parse(workSettings, environment)
  return { ...parseTokenConfig(environment), redisUrl: settings.REDIS_URL }
}

export function parseServeConfig(environment: Environment): ServeConfig {
  const settings = parse(serveSettings, environment)
  return {
    ...parseWorkConfig(environment),
    streamListen: settings.PICKET_STREAM_LISTEN,
    enrolListen: settings.PICKET_ENROL_LISTEN,
    names: settings.PICKET_NAMES,
  }
}

/** Throws a configuration error with one line a mistake: setting, value, what is allowed. */
function parse<T extends z.ZodType>(schema: T, environment: Environment): z.output<T> {
  const result = schema.safeParse(withoutEmpty(environment))
  if (result.success) return result.data
  const mistakes = result.error.issues.map((issue) => {
    const setting = String(issue.path[0])
    const value = environment[setting]
    const found = value === undefined || value === '' ? 'is not set' : `"${hideSecret(value)}" is not allowed`
    return `${setting} ${found}: expected ${issue.message}`
  })
  throw configurationError([...new Set(mistakes)])
}

function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== ''))
}

function hideSecret(value: string): string {
  return value.replace(/:[^:@/]+@/, ':***@')
}

function isAddress(text: string): boolean {
  const match = /^(\[[0-9a-fA-F:.]+\]|[^:\s[\]]+):(\d{1,5})$/.exec(text)
  return match !== null && Number(match[2]) <= 65_535
}

function isName(text: string): boolean {
  return /^[0-9a-zA-Z:.-]+$/.test(text) && text.length <= 253
}
