import { spawn } from 'node:child_process'
import { createWriteStream, mkdirSync } from 'node:fs'
import { delimiter, dirname, sep } from 'node:path'
import { SETUP_LOG, ROOT } from './paths.mjs'

const KEPT_LINES = 40
const QUIET = {
  TURBO_TELEMETRY_DISABLED: '1',
  DO_NOT_TRACK: '1',
  NO_UPDATE_NOTIFIER: '1',
  NO_COLOR: '1',
  FORCE_COLOR: undefined,
}

/** The command search path without node_modules/.bin, for commands that replace node_modules themselves. */
export function machinePath() {
  return (process.env.PATH || '')
    .split(delimiter)
    .filter((entry) => !entry.endsWith(`node_modules${sep}.bin`))
    .join(delimiter)
}

/**
 * Runs a command with its output in the set-up log.
 * @param {string} command @param {string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, onLine?: (line: string) => void }} [options]
 * @returns {Promise<{ code: number, lines: string[] }>} the exit code (127 where the command is missing) and the last lines it printed
 */
export function runCommand(command, args, options = {}) {
  mkdirSync(dirname(SETUP_LOG), { recursive: true })
  const log = createWriteStream(SETUP_LOG, { flags: 'a' })
  log.write(`\n${new Date().toISOString()} $ ${command} ${args.join(' ')}\n`)
  return new Promise((resolve) => {
    const lines = []
    const child = spawn(command, args, {
      cwd: options.cwd || ROOT,
      env: Object.assign({}, process.env, QUIET, options.env),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    const read = (stream) => {
      let rest = ''
      stream.setEncoding('utf8')
      stream.on('data', (text) => {
        log.write(text)
        const parts = (rest + text).split(/\r?\n/)
        rest = parts.pop()
        for (const line of parts.filter((part) => part.trim() !== '')) {
          lines.push(line)
          if (lines.length > KEPT_LINES) lines.shift()
          if (options.onLine) options.onLine(line)
        }
      })
      stream.on('end', () => rest.trim() !== '' && lines.push(rest))
    }
    read(child.stdout)
    read(child.stderr)
    child.on('error', (error) => {
      log.end()
      resolve({ code: 127, lines: [error.message] })
    })
    child.on('close', (code, signal) => {
      log.end()
      resolve({ code: signal ? 128 : code, lines })
    })
  })
}
