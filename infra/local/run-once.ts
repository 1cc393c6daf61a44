import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { ROOT } from '../setup/paths.mjs'
import { parseJsonLine, toPlainText } from './child-output.ts'
import type { JsonLine } from './supervised-process.ts'
import { StartError } from './start-error.ts'

const TIMEOUT_MS = 180_000

export interface OnceOptions {
  readonly name: string
  readonly args: readonly string[]
  readonly env: Readonly<Record<string, string | undefined>>
  readonly signal: AbortSignal
  readonly onErrorLine: (line: string) => void
}

/** Runs a command of the product to its end and gives what it printed; throws StartError when it fails. */
export async function runOnce({ name, args, env, signal, onErrorLine }: OnceOptions): Promise<string> {
  const log = (text: string) => text.split('\n').filter(Boolean).forEach(onErrorLine)
  try {
    const { stdout, stderr } = await promisify(execFile)(process.execPath, args, {
      cwd: ROOT,
      env: { ...process.env, ...env },
      timeout: TIMEOUT_MS,
      killSignal: 'SIGKILL',
      signal,
    })
    log(stderr)
    return stdout.trim()
  } catch (error) {
    const failure = error as { code?: number | string; stderr?: string; message: string }
    const said = (failure.stderr ?? '').trim()
    log(said)
    const text = said === '' ? failure.message : said.split('\n').slice(-8).map(toPlainText).join('\n  ')
    throw new StartError(`${name} failed: ${text}`, 'put that right, then start again', failure.code === 2 ? 2 : 1)
  }
}

/** The JSON object on the last line of what a command printed. */
export function lastJsonLine(output: string): JsonLine {
  return parseJsonLine(output.split('\n').at(-1) ?? '') ?? {}
}
