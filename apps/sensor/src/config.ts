import { hostname } from 'node:os'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import type { Limits } from './budget/budget-ladder.ts'

/** A place to connect to. */
export interface HostPort {
  readonly host: string
  readonly port: number
}

/** `host:port` as gRPC and people write it; IPv6 addresses in brackets. */
export function formatHostPort({ host, port }: HostPort): string {
  return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`
}

const hostPort = z.string().transform((text, context): HostPort => {
  const match = /^(?:\[([0-9a-fA-F:.]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text)
  const port = Number(match?.[3])
  if (!match || port < 1 || port > 65_535) {
    context.addIssue({ code: 'custom', message: 'HOST:PORT, the port from 1 to 65535, an IPv6 address in brackets' })
    return z.NEVER
  }
  return { host: match[1] ?? match[2] ?? '', port }
})

const label = z
  .string()
  .regex(
    /^[A-Za-z0-9_./-]{1,63}=[^\p{Cc}]{0,255}$/u,
    'key=value, the key of letters, digits and _ . / -, at most 63 characters',
  )

const wholeNumber = (minimum: number, maximum: number) =>
  z
    .string()
    .regex(/^\d{1,15}$/, `a whole number from ${minimum} to ${maximum}`)
    .transform(Number)
    .refine((value) => value >= minimum && value <= maximum, `a whole number from ${minimum} to ${maximum}`)

const fanout = z
  .string()
  .regex(/^(?:[^/\s=]{1,15}=)?(?:[1-9]|1[0-6])$/, 'NAME=N, or N for every --interface, N from 1 to 16')

const speed = z
  .string()
  .transform(Number)
  .refine((value) => Number.isFinite(value) && value > 0, 'a number above 0; 1 is as recorded')

const runOptions = z.object({
  collector: hostPort,
  enrol: hostPort.optional(),
  'token-file': z.string().min(1, 'a file name').optional(),
  state: z.string().min(1, 'a folder'),
  name: z
    .string()
    .regex(/^[^\p{Cc}\s]{1,253}$/u, 'a host name, at most 253 characters')
    .optional(),
  label: z.array(label).default([]),
  interface: z.array(z.string().regex(/^[^/\s]{1,15}$/, 'an interface name, at most 15 characters')).default([]),
  'snap-length': wholeNumber(64, 65_535).optional(),
  promiscuous: z.boolean().default(false),
  fanout: z.array(fanout).default([]),
  filter: z.string().min(1, 'an expression as tcpdump takes it').max(4_096, 'at most 4096 characters').optional(),
  replay: z.array(z.string().min(1, 'a capture file')).default([]),
  speed: speed.default(1),
  'max-cpu': wholeNumber(1, 10_000).optional(),
  'max-memory': wholeNumber(64, 2 ** 20).optional(),
  'spool-bytes': wholeNumber(2 ** 20, 2 ** 40).default(256 * 2 ** 20),
  'log-level': z.enum(['debug', 'info', 'warn', 'error'], 'debug, info, warn or error').default('info'),
})

const optionTypes = {
  collector: { type: 'string' },
  enrol: { type: 'string' },
  'token-file': { type: 'string' },
  state: { type: 'string' },
  name: { type: 'string' },
  label: { type: 'string', multiple: true },
  interface: { type: 'string', multiple: true },
  'snap-length': { type: 'string' },
  promiscuous: { type: 'boolean' },
  fanout: { type: 'string', multiple: true },
  filter: { type: 'string' },
  replay: { type: 'string', multiple: true },
  speed: { type: 'string' },
  'max-cpu': { type: 'string' },
  'max-memory': { type: 'string' },
  'spool-bytes': { type: 'string' },
  'log-level': { type: 'string' },
} as const

/** What an operator set for `run`. */
export interface RunConfig {
  readonly collector: HostPort
  readonly enrol: HostPort
  readonly tokenFile: string | undefined
  readonly stateFolder: string
  readonly name: string
  readonly labels: Record<string, string>
  readonly interfaces: string[] | undefined
  /** Octets kept of a packet; the source's own default where it is not set. */
  readonly snapLength: number | undefined
  readonly promiscuous: boolean
  /** Expression of the kernel's filter, as tcpdump takes it. */
  readonly filter: string | undefined
  /** Rings of an interface by its name, each read by a thread of its own. */
  readonly fanout: ReadonlyMap<string, number>
  readonly replay: { files: string[]; speed: number } | undefined
  /** What the sensor may use of the host before it does less. */
  readonly limits: Limits
  /** Bound of the spool on disk, octets. */
  readonly spoolBytes: number
  readonly logLevel: 'debug' | 'info' | 'warn' | 'error'
}

/** Reads the arguments of `run`; all mistakes at once, each one line: setting, value, what is allowed. */
export function parseRunConfig(args: readonly string[]): { config: RunConfig } | { mistakes: string[] } {
  const { values, tokens } = parseArgs({ args: [...args], options: optionTypes, strict: false, tokens: true })
  const mistakes: string[] = []
  for (const token of tokens) {
    if (token.kind === 'positional') mistakes.push(`${token.value}: run takes no arguments besides its options`)
    if (token.kind !== 'option') continue
    if (!(token.name in optionTypes)) mistakes.push(`${token.rawName}: no such option of run`)
    else if (token.value === undefined && !isFlag(token.name)) mistakes.push(`${token.rawName}: needs a value`)
    else if (token.value !== undefined && isFlag(token.name)) mistakes.push(`${token.rawName}: takes no value`)
  }
  // Options without a value arrive as `true`; they are reported above, not twice.
  const given = Object.fromEntries(
    Object.entries(values).filter(
      ([name, value]) => name in optionTypes && (isFlag(name) || ![value].flat().includes(true)),
    ),
  )
  const parsed = runOptions.safeParse(given)
  for (const issue of parsed.error?.issues ?? []) mistakes.push(describeIssue(issue, given))
  for (const setting of parsed.data?.interface.length === 0 ? parsed.data.fanout : []) {
    if (!setting.includes('=')) mistakes.push(`--fanout ${setting}: must be NAME=N where no --interface is given`)
  }
  if (!parsed.success || mistakes.length > 0) return { mistakes: [...new Set(mistakes)] }
  return { config: toRunConfig(parsed.data) }
}

const isFlag = (name: string): boolean => optionTypes[name as keyof typeof optionTypes]?.type === 'boolean'

function describeIssue(issue: z.core.$ZodIssue, given: Record<string, unknown>): string {
  const [name, index] = issue.path
  const value = given[String(name)]
  if (value === undefined) return `--${String(name)}: must be given`
  const shown = Array.isArray(value) && typeof index === 'number' ? value[index] : value
  return `--${String(name)} ${String(shown)}: must be ${issue.message}`
}

function toRunConfig(options: z.infer<typeof runOptions>): RunConfig {
  return {
    collector: options.collector,
    enrol: options.enrol ?? { host: options.collector.host, port: options.collector.port + 1 },
    tokenFile: options['token-file'],
    stateFolder: options.state,
    name: options.name ?? hostname(),
    labels: Object.fromEntries(options.label.map((text) => splitLabel(text))),
    interfaces: options.interface.length > 0 ? options.interface : undefined,
    snapLength: options['snap-length'],
    promiscuous: options.promiscuous,
    filter: options.filter,
    fanout: toFanout(options.fanout, options.interface),
    replay: options.replay.length > 0 ? { files: options.replay, speed: options.speed } : undefined,
    limits: toLimits(options),
    spoolBytes: options['spool-bytes'],
    logLevel: options['log-level'],
  }
}

function toFanout(settings: readonly string[], interfaces: readonly string[]): Map<string, number> {
  const rings = new Map<string, number>()
  for (const setting of settings) {
    const [count = '', name] = setting.split('=', 2).toReversed()
    for (const each of name === undefined ? interfaces : [name]) rings.set(each, Number(count))
  }
  return rings
}

/** Per cent of a core, and MiB, as the operator gives them. */
function toLimits(options: { 'max-cpu'?: number; 'max-memory'?: number }): Limits {
  const { 'max-cpu': cpu, 'max-memory': memory } = options
  return { ...(cpu && { cpuCores: cpu / 100 }), ...(memory && { memoryBytes: memory * 2 ** 20 }) }
}

function splitLabel(text: string): [string, string] {
  const equals = text.indexOf('=')
  return [text.slice(0, equals), text.slice(equals + 1)]
}
