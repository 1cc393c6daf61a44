import { hostname } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { ROOT } from '../setup/paths.mjs'
import { StartError } from './start-error.ts'

/** What an operator sets by flags and environment. Port 0 stands for any free port. */
export interface Config {
  readonly dataDir: string
  readonly host: string
  readonly port: number
  readonly streamPort: number
  readonly enrolPort: number
  readonly replay: readonly string[]
  readonly speed: number | undefined
  /** How many sensor processes run on this host. */
  readonly sensors: number
  readonly json: boolean
  readonly dev: boolean
  readonly redisUrl: string | undefined
  readonly databaseUrl: string | undefined
  readonly publicUrl: string | undefined
  readonly bundlesDir: string
  readonly hostname: string
}

export const USAGE = `npm start [-- FLAGS]   runs the whole fleet on this host until Ctrl-C

  --port N           port of the console (default 7400; 0: any free port)
  --host ADDR        address the console listens on (default 127.0.0.1; 0.0.0.0: every interface)
  --stream-port N    port that sensors stream to (default 7443; 0: any free port); enrolment is on the next one
  --data DIR         data folder (default .picket)
  --replay FILE      feeds a capture (pcap, pcapng) instead of the wires; may be repeated
  --speed N          how many times faster than recorded to replay (default 1)
  --no-sensor        runs no sensor on this host
  --sensors N        runs N sensors, each on its own capture file or interface
  --json             prints one JSON line on standard output when the fleet is up
  --help             this text

environment: REDIS_URL, DATABASE_URL: use these servers instead of private ones; PUBLIC_URL: the console's address as
browsers and other hosts see it; PICKET_NAMES: further names of this host for the collector's certificate`

const OPTIONS = {
  port: { type: 'string' },
  host: { type: 'string' },
  'stream-port': { type: 'string' },
  data: { type: 'string' },
  replay: { type: 'string', multiple: true },
  speed: { type: 'string' },
  'no-sensor': { type: 'boolean' },
  sensors: { type: 'string' },
  json: { type: 'boolean' },
  dev: { type: 'boolean' },
  help: { type: 'boolean' },
} as const

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Reads flags and environment; every mistake at once. Relative paths are taken from where the user called npm. */
export function parseConfig(args: readonly string[], env: NodeJS.ProcessEnv): Config | 'help' {
  const mistakes: string[] = []
  const values = parseFlags(args, mistakes)
  if (values.help) return 'help'
  const number = (flag: string, text: string | undefined, rule: NumberRule) => parseNumber(flag, text, rule, mistakes)
  const from = env.INIT_CWD ?? process.cwd()
  const streamPort = number('--stream-port', values['stream-port'], { fallback: 7443, min: 0, max: 65_534 })
  const sensors = number('--sensors', values.sensors, { fallback: 1, min: 1, max: 64 })
  if (values['no-sensor'] && values.sensors) mistakes.push('--sensors and --no-sensor exclude each other')
  if (values['no-sensor'] && values.replay) mistakes.push('--replay needs a sensor: leave --no-sensor out')
  if (values.speed && !values.replay) mistakes.push('--speed goes with --replay FILE')
  const speed = values.speed
    ? number('--speed', values.speed, { fallback: 1, min: 0.001, max: 1e6, fraction: true })
    : undefined
  for (const name of ['REDIS_URL', 'DATABASE_URL', 'PUBLIC_URL'] as const) checkUrl(name, env[name], mistakes)
  const port = number('--port', values.port, { fallback: 7400, min: 0, max: 65_535 })
  if (mistakes.length > 0) throw new StartError(mistakes.join('\n  '), 'npm start -- --help lists the flags')
  return {
    dataDir: values.data ? resolve(from, values.data) : join(ROOT, '.picket'),
    host: values.host ?? '127.0.0.1',
    port,
    streamPort,
    enrolPort: streamPort === 0 ? 0 : streamPort + 1,
    replay: (values.replay ?? []).map((file) => resolve(from, file)),
    speed,
    sensors: values['no-sensor'] ? 0 : sensors,
    json: values.json ?? false,
    dev: values.dev ?? false,
    redisUrl: env.REDIS_URL || undefined,
    databaseUrl: env.DATABASE_URL || undefined,
    publicUrl: env.PUBLIC_URL || undefined,
    bundlesDir: env.PICKET_BUNDLES ?? join(ROOT, '.picket', 'bundles'),
    hostname: hostname(),
  }
}

function parseFlags(args: readonly string[], mistakes: string[]): Values {
  const { values, positionals, tokens } = parseArgs({
    args: [...args],
    options: OPTIONS,
    strict: false,
    allowPositionals: true,
    tokens: true,
  })
  for (const word of positionals) mistakes.push(`${word}: not a flag`)
  for (const token of tokens) {
    if (token.kind !== 'option') continue
    const option = OPTIONS[token.name as keyof typeof OPTIONS]
    if (!option) mistakes.push(`${token.rawName}: no such flag`)
    else if (option.type === 'string' && token.value === undefined) mistakes.push(`${token.rawName} needs a value`)
    else if (option.type === 'boolean' && token.value !== undefined) mistakes.push(`${token.rawName} takes no value`)
  }
  // A flag without its value was noted above; leaving it out lets the other checks go on.
  return Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => value !== true || OPTIONS[name as keyof typeof OPTIONS]?.type === 'boolean',
    ),
  ) as Values
}

interface NumberRule {
  readonly fallback: number
  readonly min: number
  readonly max: number
  readonly fraction?: boolean
}

function parseNumber(flag: string, text: string | undefined, rule: NumberRule, mistakes: string[]): number {
  if (text === undefined) return rule.fallback
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (Number.isFinite(value) && value >= rule.min && value <= rule.max && (rule.fraction || Number.isInteger(value)))
    return value
  mistakes.push(
    `${flag} ${text}: must be a ${rule.fraction ? 'number' : 'whole number'} from ${rule.min} to ${rule.max}`,
  )
  return rule.fallback
}

const URL_SCHEMES = {
  REDIS_URL: ['redis:', 'rediss:', 'unix:'],
  DATABASE_URL: ['postgres:', 'postgresql:'],
  PUBLIC_URL: ['http:', 'https:'],
}

function checkUrl(name: keyof typeof URL_SCHEMES, text: string | undefined, mistakes: string[]): void {
  if (!text || (name === 'REDIS_URL' && text.startsWith('/'))) return
  const schemes = URL_SCHEMES[name]
  if (!URL.canParse(text) || !schemes.includes(new URL(text).protocol))
    mistakes.push(`${name}: must be an address that begins with ${schemes.map((scheme) => `${scheme}//`).join(' or ')}`)
}
