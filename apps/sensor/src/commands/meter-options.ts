import { type CommandArguments, parseCount } from './command-arguments.ts'
import { METER_DEFAULTS, type MeterFileOptions } from './meter-file.ts'

/** The flags that every command over capture files takes. */
export const METER_FLAGS = {
  'idle-timeout': { type: 'string' },
  'active-timeout': { type: 'string' },
  'max-flows': { type: 'string' },
  speed: { type: 'string' },
} as const

const FIELDS = [
  ['idle-timeout', 'idleTimeoutMs', 1000, 'seconds'],
  ['active-timeout', 'activeTimeoutMs', 1000, 'seconds'],
  ['max-flows', 'maxFlows', 1, 'flows'],
] as const

/** Options from flags, or one line for each mistake. */
export function toMeterOptions(values: CommandArguments['values']): { options: MeterFileOptions; mistakes: string[] } {
  const options: MeterFileOptions = { ...METER_DEFAULTS }
  const mistakes: string[] = []
  for (const [flag, field, scale, unit] of FIELDS) {
    if (values[flag] === undefined) continue
    const count = parseCount(values[flag])
    if (count === undefined)
      mistakes.push(`--${flag} is "${values[flag]}"; allowed is a whole number of ${unit} from 1`)
    else options[field] = count * scale
  }
  if (values.speed !== undefined) {
    options.speed = Number(values.speed)
    if (!(options.speed > 0) || options.speed === Infinity)
      mistakes.push(`--speed is "${values.speed}"; allowed is a number above 0; 1 is as recorded`)
  }
  return { options, mistakes }
}
