import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { LogFile } from './log-file.ts'
import { SupervisedProcess } from './supervised-process.ts'
import type { ProcessOptions } from './supervised-process.ts'
import { Warden } from './warden.ts'

let folder: string
let warden: Warden
let reports: string[]
let processes: SupervisedProcess[]

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-supervised-'))
  warden = new Warden(join(folder, 'run'))
  reports = []
  processes = []
})
afterEach(async () => {
  await Promise.all(processes.map((process) => process.stop()))
  warden.dismiss()
  rmSync(folder, { recursive: true, force: true })
})

const READY = 'console.log(JSON.stringify({ ready: true, pid: process.pid }));'
const STAY = 'setInterval(() => {}, 1000);'

function supervise(script: string, options: Partial<ProcessOptions> = {}): SupervisedProcess {
  const log = new LogFile(join(folder, `${processes.length}.log`))
  const supervised = new SupervisedProcess(
    {
      name: 'thing',
      command: process.execPath,
      args: ['-e', script],
      readyTimeoutMs: 20_000,
      backoffMs: 10,
      ...options,
    },
    { log, warden, report: (subject, text) => reports.push(`${subject} ${text}`) },
  )
  processes.push(supervised)
  return supervised
}

const isAlive = (pid: number) => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('start resolves with the ready line; stop ends the process', async () => {
  const supervised = supervise(`console.log('a word before'); ${READY} ${STAY}`)
  const line = await supervised.start()
  expect(isAlive(Number(line.pid))).toBe(true)
  await supervised.stop()
  expect(isAlive(Number(line.pid))).toBe(false)
  expect(readFileSync(join(folder, '0.log'), 'utf8')).toContain('a word before')
})

test('a process that ends is started again and it is said', async () => {
  const supervised = supervise(`${READY} ${STAY}`)
  const { pid } = await supervised.start()
  process.kill(Number(pid), 'SIGKILL')
  await vi.waitFor(() => expect(reports.at(-1)).toBe('thing running again'), { timeout: 20_000 })
  expect(reports[0]).toMatch(/thing ended \(signal SIGKILL\); starting it again in 0.01 s/)
  expect(supervised.pid).not.toBe(pid)
})

test('a process that ends with code 0 has decided so and is left alone', async () => {
  await supervise(`${READY} setTimeout(() => process.exit(0), 50)`).start()
  await vi.waitFor(() => expect(reports).toEqual(['thing ended by its own decision; not started again']), {
    timeout: 20_000,
  })
})

test('what a process leaves behind in its group ends with it', async () => {
  const child = `const { pid } = require('node:child_process').spawn(process.execPath, ['-e', '${STAY}'], { stdio: 'inherit' });`
  const line = await supervise(`${child} console.log(JSON.stringify({ ready: true, pid })); ${STAY}`).start()
  await processes[0]?.stop()
  await vi.waitFor(() => expect(isAlive(Number(line.pid))).toBe(false), { timeout: 20_000 })
})

test('a process that refuses its settings makes the start fail with what it said, and is not started again', async () => {
  const supervised = supervise(`console.error(JSON.stringify({ msg: 'PORT x: must be a number' })); process.exit(2)`)
  await expect(supervised.start()).rejects.toMatchObject({
    exitCode: 2,
    message: 'thing ended (exit code 2) before it was ready:\n  PORT x: must be a number',
  })
  expect(reports).toEqual([])
})

test('a process that stays silent makes the start fail and is ended', async () => {
  const supervised = supervise(STAY, { readyTimeoutMs: 200 })
  const { pid } = supervised
  await expect(supervised.start()).rejects.toThrow('thing was not ready within 0.2 s')
  await supervised.stop()
  expect(pid === undefined || !isAlive(pid)).toBe(true)
})

test('a command that is not there makes the start fail', async () => {
  await expect(supervise('', { command: '/nowhere/at-all' }).start()).rejects.toThrow('ENOENT')
})

test('a probe tells readiness for a process that prints nothing', async () => {
  let answers = 0
  await supervise(STAY, { probe: () => Promise.resolve(++answers === 3) }).start()
  expect(answers).toBe(3)
})

test('later JSON lines are handed on', async () => {
  const lines: unknown[] = []
  await supervise(`${READY} console.log('{"state":"moved"}'); ${STAY}`, { onLine: (line) => lines.push(line) }).start()
  await vi.waitFor(() => expect(lines).toEqual([{ state: 'moved' }]), { timeout: 20_000 })
})
