import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
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

/** Starts a stand-in for the local stack that guards two groups, has let go of the first, and prints their numbers. */
async function startGuarding(runDir: string): Promise<{ stack: number; groups: number[] }> {
  const script = `
    import { spawn } from 'node:child_process'
    import { Warden } from ${JSON.stringify(join(import.meta.dirname, 'warden.ts'))}
    const warden = new Warden(${JSON.stringify(runDir)})
    const groups = [0, 1].map(() => spawn('sleep', ['60'], { detached: true, stdio: 'ignore' }).pid)
    for (const group of groups) warden.add(group)
    warden.drop(groups[0])
    console.log(groups.join(' '))
    setInterval(() => {}, 1000)`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] })
  const line = await new Promise<string>((resolve) => readLines(child.stdout, resolve))
  return { stack: child.pid ?? 0, groups: line.split(' ').map(Number) }
}

test('when the stack is killed outright, what it guards ends and the run folder goes', async () => {
  const runDir = mkdtempSync(join(tmpdir(), 'picket-warden-'))
  const { stack, groups } = await startGuarding(runDir)
  const [letGo = 0, guarded = 0] = groups
  onTestFinished(() => {
    if (isAlive(letGo)) process.kill(letGo, 'SIGKILL')
    rmSync(runDir, { recursive: true, force: true })
  })
  process.kill(stack, 'SIGKILL')
  await vi.waitFor(() => expect(isAlive(guarded)).toBe(false), { timeout: 20_000 })
  await vi.waitFor(() => expect(existsSync(runDir)).toBe(false), { timeout: 20_000 })
  expect(isAlive(letGo)).toBe(true)
})
