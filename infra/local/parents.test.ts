import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { readLines } from './child-output.ts'

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

const watcher = `
  import { watchParents } from ${JSON.stringify(join(import.meta.dirname, 'parents.ts'))}
  watchParents(() => process.exit(0))
  console.log(process.pid)
  setInterval(() => {}, 1000)`

/** Stands in for the start script on an older Node: hands over and stays. */
const handOver = `
  import { spawn } from 'node:child_process'
  const env = { ...process.env, PICKET_HANDED_OVER_BY: String(process.pid) }
  spawn(process.execPath, ['--input-type=module', '-e', process.env.WATCHER], { env, stdio: 'inherit' })`

test.each([
  ['it runs at once', watcher],
  ['another Node handed over to it', handOver],
])('ends when the npm above its shell is killed outright: %s', async (_how, script) => {
  // The stand-in for npm runs a shell, which runs the script and waits for it.
  const npm = `
    import { spawn } from 'node:child_process'
    spawn('/bin/sh', ['-c', '"$NODE" --input-type=module -e "$SCRIPT"; exit $?'], { stdio: 'inherit' })
    setInterval(() => {}, 1000)`
  const env = {
    ...process.env,
    NODE: process.execPath,
    SCRIPT: script,
    WATCHER: watcher,
    npm_lifecycle_event: 'start',
  }
  const child = spawn(process.execPath, ['--input-type=module', '-e', npm], {
    env,
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  const watching = Number(await new Promise<string>((resolve) => readLines(child.stdout, resolve)))
  onTestFinished(() => {
    if (isAlive(watching)) process.kill(watching, 'SIGKILL')
  })
  child.kill('SIGKILL')
  await vi.waitFor(() => expect(isAlive(watching)).toBe(false), { timeout: 15_000 })
})
