import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { describe, expect, onTestFinished, test } from 'vitest'
import { eventually as within } from '../../test/eventually.ts'
import { NetworkNamespace, whyNoNamespaces } from '../../test/network-namespace.ts'
import { ethernet, ipv4, text, udp } from '../../test/packets.ts'
import type { Observation } from '../observation.ts'
import { loadProcessAddon } from '../process-addon.ts'
import { unprivilegedAccount } from './unprivileged-account.ts'

const RUNNER = fileURLToPath(new URL('../../test/unprivileged-wire-main.ts', import.meta.url))
const SENDER = fileURLToPath(new URL('../../test/send-frames.py', import.meta.url))

test('root becomes the account of the install script, or else nobody', () => {
  const root = 'root:x:0:0::/root:/bin/sh\n'
  const nobody = 'nobody:x:65534:65534::/:/bin/false\n'
  expect(unprivilegedAccount(root)).toBeUndefined()
  expect(unprivilegedAccount(root + nobody)).toEqual({ name: 'nobody', uid: 65_534, gid: 65_534 })
  expect(unprivilegedAccount(`${root + nobody}picket-sensor:x:990:991::/:/bin/false`)?.uid).toBe(990)
})

const isReachable = (folder: string): boolean =>
  (statSync(folder).mode & 0o001) !== 0 && (dirname(folder) === folder || isReachable(dirname(folder)))
const own = loadProcessAddon()
const reason = whyNoNamespaces() ?? (own ? undefined : 'the addon is not built')
/** Each interface has two threads here, which start slowly where there are few cores. */
const eventually = (what: string, condition: () => boolean) => within(what, condition, 60_000)
/** What every thread may do with files of everybody, of the system and of its own; without Landlock also what follows. */
const FENCED = {
  read: 'EACCES',
  readByPool: 'EACCES',
  write: 'EACCES',
  writeByPool: 'EACCES',
  readOfSystem: 'done',
  writeOfState: 'done',
}
const READ = { read: 'done', readByPool: 'done', write: 'done', writeByPool: 'done' }
if (own?.landlockVersion() === 0) console.log('skipped: fence around files: this kernel has no Landlock')
const SETPRIV = [
  '--reuid=65534',
  '--regid=65534',
  '--clear-groups',
  '--inh-caps=-all,+net_raw',
  '--ambient-caps=+net_raw',
]
const whyNoSetpriv =
  isReachable(dirname(process.execPath)) && isReachable(dirname(RUNNER)) ? reason : 'code in a closed folder'
const cases = [
  { how: 'started as root', prefix: [], why: reason },
  {
    how: 'started with CAP_NET_RAW, as the systemd unit does',
    prefix: ['setpriv', ...SETPRIV],
    why: reason ?? whyNoSetpriv,
  },
]

describe.each(cases)('a sensor $how', ({ prefix, why }) => {
  if (why) console.log(`skipped: dropped privileges: ${why}`)
  test.skipIf(why)('runs without any, and still captures interfaces that come later', async () => {
    const namespace = new NetworkNamespace()
    onTestFinished(() => namespace.remove())
    namespace.addWire('near0', 'far0')
    const outside = openFolder()
    const child = spawn('ip', namespace.within(...(prefix as [string]), process.execPath, RUNNER, outside), {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    onTestFinished(() => void child.kill('SIGKILL'))
    const exited = once(child, 'exit')
    const { seen, told } = linesOf(child)
    await eventually('the first observation', () => seen.length > 0)
    expect(told).toHaveLength(2)
    const threads = readdirSync(`/proc/${child.pid}/task`).map((thread) => statusOf(child, thread))
    // Main, its helpers, those of V8, and two rings.
    expect(threads.length).toBeGreaterThan(6)
    for (const status of threads) {
      expect(status.Uid).not.toMatch(/\b0\b/)
      expect(status.Gid).not.toMatch(/\b0\b/)
      for (const set of ['CapInh', 'CapPrm', 'CapEff', 'CapAmb']) expect(status[set]).toBe('0000000000000000')
      expect(status).toMatchObject({ NoNewPrivs: '1', Seccomp: '2' })
    }
    for (const files of told) expect(files).toEqual(own?.landlockVersion() ? FENCED : { ...FENCED, ...READ })
    namespace.addWire('late0', 'later0')
    const interfaces = () => seen.flatMap((observation) => observation.interfaces)
    await eventually('the new interface', () =>
      interfaces().some(({ name, source }) => name === 'late0' && source === 'ring'),
    )
    const octets = ethernet(ipv4({ from: '192.0.2.1', to: '192.0.2.2' }, udp(5000, 5001, text('x'))))
    const input = ['near0', 'late0'].map((name) => `${name} ${Buffer.from(octets).toString('hex')}`).join('\n')
    spawnSync('ip', namespace.within('python3', SENDER), { input })
    await eventually('the packets', () => capturedOf(seen, 'near0') === 1 && capturedOf(seen, 'late0') === 1)
    child.kill('SIGTERM')
    expect(await exited).toEqual([0, null])
  })
})

const capturedOf = (seen: Observation[], name: string): number =>
  seen
    .flatMap(({ interfaceSamples }) => interfaceSamples.filter((sample) => sample.interface === name))
    .reduce((sum, { capturedPackets }) => sum + capturedPackets, 0)

/** A folder that everyone may use, with a secret in it. */
function openFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'picket-outside-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  chmodSync(folder, 0o777)
  writeFileSync(join(folder, 'secret'), 'x', { mode: 0o644 })
  return folder
}

/** The observations, and what became of files on the main thread and on another. */
function linesOf(child: ChildProcess): { seen: Observation[]; told: Record<string, string>[] } {
  const lines = { seen: [] as Observation[], told: [] as Record<string, string>[] }
  if (child.stdout)
    createInterface({ input: child.stdout }).on('line', (line) => {
      const value = JSON.parse(line)
      if ('files' in value) lines.told.push(value.files, value.byWorker)
      else lines.seen.push(value)
    })
  return lines
}

/** Lines "name: value" of proc_pid_status(5). */
function statusOf(child: ChildProcess, thread: string): Record<string, string> {
  const lines = readFileSync(`/proc/${child.pid}/task/${thread}/status`, 'utf8').split('\n')
  return Object.fromEntries(lines.map((line) => line.split(/:\s*/, 2)))
}
