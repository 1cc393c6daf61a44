import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Running } from '../../test/support/process.ts'
import { until } from '../../test/support/until.ts'
import { ROOT } from '../setup/paths.mjs'
import { DataFolder } from './data-folder.ts'

const MAIN = 'infra/local/main.ts'
let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-main-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function runToItsEnd(args: string[]): { code: number | null; said: string } {
  const result = spawnSync(process.execPath, [MAIN, '--port', '0', '--stream-port', '0', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    timeout: 60_000,
  })
  expect(result.stdout).toBe('')
  return { code: result.status, said: result.stderr }
}

describe('what stands in the way is said in one message, with exit code 2 and nothing started', () => {
  test('bad flags', () => {
    const { code, said } = runToItsEnd(['--bogus', '--sensors', 'many'])
    expect(said).toBe(
      'picket: --bogus: no such flag\n  --sensors many: must be a whole number from 1 to 64\n  what to do: npm start -- --help lists the flags\n',
    )
    expect(code).toBe(2)
  })

  test('a capture that is not there', () => {
    const { code, said } = runToItsEnd(['--data', join(folder, 'a'), '--replay', '/nowhere/x.pcap'])
    expect(said).toMatch(/^picket: --replay \/nowhere\/x.pcap: no such file\n {2}what to do: .*\n$/)
    expect(code).toBe(2)
  })

  test('a port in use', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    const { code, said } = runToItsEnd(['--data', join(folder, 'b'), '--no-sensor', '--port', String(port)])
    await new Promise((resolve) => server.close(resolve))
    expect(said).toBe(
      `picket: port ${port} on 127.0.0.1 (console) is in use by another program\n  what to do: choose another with --port N\n`,
    )
    expect(code).toBe(2)
  })

  test('a second instance on the same data folder', () => {
    const data = new DataFolder(join(folder, 'c'))
    data.open()
    const { code, said } = runToItsEnd(['--data', data.path, '--no-sensor'])
    data.close()
    expect(said).toContain(
      `picket: another Picket already runs on the data folder ${data.path} (process ${process.pid})`,
    )
    expect(code).toBe(2)
  })

  test('a data folder of a newer version', () => {
    const data = mkdtempSync(join(folder, 'newer-'))
    writeFileSync(join(data, 'format'), '7\n')
    const { code, said } = runToItsEnd(['--data', data, '--no-sensor'])
    expect(said).toContain('was written by a newer Picket (format 7')
    expect(code).toBe(2)
  })
})

const isAlive = (pid: number) => {
  try {
    // A process that has ended but that nobody waited for yet runs no more.
    return !/\) Z /.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return false
  }
}

describe.skipIf(process.platform !== 'linux')('a fleet without a sensor', () => {
  const start = () =>
    Running.start(
      process.execPath,
      [MAIN, '--json', '--no-sensor', '--port', '0', '--stream-port', '0', '--data', join(folder, 'fleet')],
      { readyWithinMs: 180_000 },
    )
  const pidsOf = (fleet: Running) => (fleet.lines.find((line) => line.ready)?.pids ?? {}) as Record<string, number>
  const allGone = (pids: Record<string, number>) =>
    until('no process is left', async () => Object.values(pids).every((pid) => !isAlive(pid)))

  test('comes up, starts a killed process again, tells the password once, and leaves no process after Ctrl-C', async () => {
    const fleet = await start()
    const ready = fleet.lines.find((line) => line.ready) ?? {}
    const pids = pidsOf(fleet)
    expect(Object.keys(pids).toSorted()).toEqual(['collector', 'console', 'database', 'redis', 'worker'])
    expect(ready.password).toEqual(expect.any(String))
    expect((await fetch(`${String(ready.url)}/login`)).status).toBe(200)
    process.kill(pids.worker ?? 0, 'SIGKILL')
    await until('the worker runs again', async () => fleet.log.includes('worker       running again'))
    expect(fleet.log).toContain('ended (signal SIGKILL); starting it again in 1 s')
    expect(await fleet.stop('SIGINT')).toBe(0)
    await allGone(pids)
  }, 240_000)

  test('leaves no process even when the supervisor is killed outright; the data survives', async () => {
    const fleet = await start()
    const ready = fleet.lines.find((line) => line.ready) ?? {}
    expect(ready.password).toBeUndefined()
    const pids = pidsOf(fleet)
    await fleet.stop('SIGKILL')
    await allGone(pids)
    const again = await start()
    expect(await again.stop('SIGTERM')).toBe(0)
  }, 240_000)
})
