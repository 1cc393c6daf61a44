import { parseArgs, type ParseArgsConfig } from 'node:util'

type Options = NonNullable<ParseArgsConfig['options']>

export interface CommandArguments {
  values: Record<string, string | boolean | undefined>
  positionals: string[]
}

/** Parsed arguments, or the one line that says what is wrong with them. */
export function parseArguments(
  args: string[],
  options: Options,
  usage: string,
): { ok: true; arguments: CommandArguments } | { ok: false; message: string } {
  try {
    const { values, positionals } = parseArgs({ args, options, allowPositionals: true, strict: true })
    return { ok: true, arguments: { values: values as CommandArguments['values'], positionals } }
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    return { ok: false, message: `${reason}; usage: ${usage}` }
  }
}

/** A whole number of at least 1, or undefined where the text is none. */
export function parseCount(text: string | boolean | undefined): number | undefined {
  if (typeof text !== 'string' || !/^[0-9]+$/.test(text)) return undefined
  const value = Number(text)
  return Number.isSafeInteger(value) && value >= 1 ? value : undefined
}

/** One line on standard error. */
export function complain(message: string): void {
  process.stderr.write(`picket: ${message.replaceAll('\n', ' ')}\n`)
}
