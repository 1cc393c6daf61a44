import { MlError, type MlErrorCode } from './errors.ts'
import { USAGE, UsageError, parseArguments, type Arguments } from './commands/arguments.ts'
import { evaluate } from './commands/evaluate.ts'
import { importFiles } from './commands/import.ts'
import { train } from './commands/train.ts'

/** Failures of the work itself; every other coded error is about what was given. */
const RUN_FAILURES: ReadonlySet<MlErrorCode> = new Set<MlErrorCode>(['TRAINING_ABORTED', 'TRAINING_FAILED'])

function run(parsed: Arguments): Promise<Record<string, unknown>> {
  if (parsed.command === 'train') return train(parsed.train)
  return parsed.command === 'evaluate' ? evaluate(parsed.evaluate) : importFiles(parsed.import)
}

async function main(argv: readonly string[]): Promise<number> {
  if (argv.includes('--help')) {
    process.stdout.write(`${USAGE}\n`)
    return 0
  }
  try {
    const parsed = parseArguments(argv)
    const result = await run(parsed)
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return 0
  } catch (error) {
    const hint = error instanceof UsageError ? ' (ml --help shows the usage)' : ''
    process.stderr.write(`ml: ${(error as Error).message}${hint}\n`)
    const isInput = error instanceof UsageError || (error instanceof MlError && !RUN_FAILURES.has(error.code))
    return isInput ? 2 : 1
  }
}

process.exitCode = await main(process.argv.slice(2))
