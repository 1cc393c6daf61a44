import { execFile } from 'node:child_process'
import path from 'node:path'

export const root = path.join(import.meta.dirname, '..', '..')
const main = path.join(root, 'apps', 'sensor', 'src', 'main.ts')

export interface CommandResult {
  code: number
  stdout: string
  stderr: string
}

/** Runs one of the sensor's command lines to its end, as a user would. */
export function sensorCommand(...args: string[]): Promise<CommandResult> {
  return new Promise((resolve) => {
    execFile(process.execPath, [main, ...args], { cwd: root, maxBuffer: 256 << 20 }, (error, stdout, stderr) => {
      resolve({ code: error ? Number(error.code ?? 1) : 0, stdout, stderr })
    })
  })
}

/** Parses NDJSON; every line must be one JSON object. */
export function ndjson<T>(text: string): T[] {
  return text
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as T)
}
