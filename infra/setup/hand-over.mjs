import { spawn } from 'node:child_process'
import { delimiter, dirname, join } from 'node:path'
import { COMPILED, ROOT, RUNTIME } from './paths.mjs'

/** The environment in which `node`, and every tool of the dependencies, is the one of this clone, and modules are stripped of types once. */
export function runtimeEnvironment(env = process.env) {
  const path = [dirname(RUNTIME), join(ROOT, 'node_modules', '.bin'), env.PATH || ''].join(delimiter)
  return Object.assign({ NODE_COMPILE_CACHE: COMPILED }, env, {
    PATH: path,
    TURBO_TELEMETRY_DISABLED: '1',
    DO_NOT_TRACK: '1',
  })
}

/** Runs a script on Node 24 in the foreground, passes signals on and ends with its exit code. */
export function handOver(args) {
  const env = Object.assign(runtimeEnvironment(), { PICKET_HANDED_OVER_BY: String(process.pid) })
  const child = spawn(RUNTIME, args, { cwd: ROOT, env, stdio: 'inherit' })
  // A terminal sends Ctrl-C to the child as well; sending it on would make it two.
  process.on('SIGINT', () => process.stdin.isTTY || child.kill('SIGINT'))
  for (const signal of ['SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('error', (error) => {
    process.stderr.write(`picket: ${RUNTIME} does not run: ${error.message}\n`)
    process.exit(1)
  })
  child.on('exit', (code, signal) => process.exit(signal ? 1 : code))
}
