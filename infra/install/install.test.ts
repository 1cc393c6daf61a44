import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { listSensors, openDatabase } from '@picket/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Running } from '../../test/support/process.ts'
import { until } from '../../test/support/until.ts'
import { makeBundle } from '../bundle/bundle.ts'
import { findCommand } from '../setup/find-command.mjs'
import { ROOT } from '../setup/paths.mjs'
import { makeBareRoot } from './bare-root.ts'

const script = join(import.meta.dirname, 'install.sh')

test.skipIf(!findCommand('shellcheck'))('the script has nothing that shellcheck knows to be wrong', () => {
  expect(spawnSync('shellcheck', [script], { encoding: 'utf8' }).stdout).toBe('')
})

const missing = ['ip', 'debootstrap', 'redis-server'].filter((command) => !findCommand(command))
const obstacle =
  process.getuid?.() === 0 ? (missing.length > 0 ? `missing: ${missing.join(', ')}` : undefined) : 'needs root'
const NONE = '0000000000000000'
const NET_RAW = '0000000000002000'

describe.skipIf(obstacle)(
  `in a bare Debian inside a network namespace${obstacle ? ` (skipped: ${obstacle})` : ''}`,
  { timeout: 300_000 },
  () => {
    const namespace = `picket-inst-${process.pid}`
    const link = `pki${process.pid}`
    const subnet = `10.214.${process.pid % 250}`
    const folder = mkdtempSync(join(tmpdir(), 'picket-install-'))
    const root = join(folder, 'root')
    let product: Running
    let ready: { url: string; databaseUrl: string; data: string }
    let sensor: Running | undefined

    /** Runs a command in the bare system, with its own network, /proc and /sys. */
    const prefix = [
      'ip',
      'netns',
      'exec',
      namespace,
      'sh',
      '-c',
      `mount -t proc proc '${root}/proc' && mount -t sysfs sysfs '${root}/sys' && exec chroot '${root}' "$@"`,
      'sh',
    ]
    const inside = (...command: string[]) => {
      const result = spawnSync(prefix[0] ?? '', [...prefix.slice(1), ...command], {
        encoding: 'utf8',
        timeout: 300_000,
      })
      return { code: result.status, output: result.stdout + result.stderr }
    }
    const fetchAndRun = (args: string) => inside('sh', '-c', `curl -fsSL ${ready.url}/install.sh | sh -s -- ${args}`)

    beforeAll(async () => {
      const bundle = makeBundle(join(ROOT, '.picket', 'bundles'))
      makeBareRoot(root)
      await bundle
      execFileSync('ip', ['netns', 'add', namespace])
      execFileSync('ip', ['link', 'add', link, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', namespace])
      execFileSync('ip', ['addr', 'add', `${subnet}.1/24`, 'dev', link])
      execFileSync('ip', ['link', 'set', link, 'up'])
      for (const args of [
        ['addr', 'add', `${subnet}.2/24`, 'dev', 'eth0'],
        ['link', 'set', 'eth0', 'up'],
        ['link', 'set', 'lo', 'up'],
      ]) {
        execFileSync('ip', ['-n', namespace, ...args])
      }
      product = await Running.start(
        process.execPath,
        [
          'infra/local/main.ts',
          '--json',
          '--no-sensor',
          '--data',
          join(folder, 'data'),
          '--host',
          `${subnet}.1`,
          '--port',
          '0',
          '--stream-port',
          '0',
        ],
        { readyWithinMs: 180_000 },
      )
      ready = product.lines.find((line) => line.ready) as unknown as typeof ready
    }, 600_000)

    afterAll(async () => {
      await sensor?.stop()
      await product?.stop()
      spawnSync('ip', ['link', 'del', link])
      spawnSync('ip', ['netns', 'del', namespace])
      rmSync(folder, { recursive: true, force: true })
    }, 60_000)

    function giveToken(): void {
      const env = { ...process.env, DATABASE_URL: ready.databaseUrl, PICKET_DATA: join(ready.data, 'collector') }
      const token = execFileSync(process.execPath, ['apps/collector/src/main.ts', 'token'], {
        cwd: ROOT,
        env,
        encoding: 'utf8',
      })
      mkdirSync(join(root, 'root'), { recursive: true })
      writeFileSync(join(root, 'root', 'token'), token, { mode: 0o600 })
    }

    test('the system has no Node', () => {
      expect(inside('sh', '-c', 'command -v node nodejs npm').code).not.toBe(0)
    })

    test('without a terminal or a file there is no token: it says what to do and leaves nothing', () => {
      const { code, output } = inside('setsid', 'sh', '-c', `curl -fsSL ${ready.url}/install.sh | sh`)
      expect(output).toContain('there is no terminal to ask for the token: use --token-file FILE')
      expect(code).toBe(2)
      expect(existsSync(join(root, 'opt', 'picket-sensor'))).toBe(false)
    })

    test('a word that is no token is refused', () => {
      writeFileSync(join(root, 'root', 'word'), 'picket1_tooshort\n')
      const { code, output } = fetchAndRun('--token-file /root/word')
      expect(output).toContain('the token is cut off')
      expect(code).toBe(2)
    })

    test('an archive that is not the one the console offers is refused', () => {
      giveToken()
      const { code, output } = inside(
        'sh',
        '-c',
        `curl -fsSL ${ready.url}/install.sh | sed "s/^\\(SHA256_linux_[a-z0-9]*=\\)'../\\1'zz/" | sh -s -- --token-file /root/token`,
      )
      expect(output).toContain('the archive is not the one the console offers')
      expect(code).toBe(2)
      expect(existsSync(join(root, 'opt', 'picket-sensor'))).toBe(false)
    })

    test('it installs, enrols and comes online without any capability', async () => {
      giveToken()
      const { code, output } = fetchAndRun('--token-file /root/token --name bare --label env=test')
      expect(output).toContain('have your init run, as root: /opt/picket-sensor/start')
      expect(code).toBe(0)

      sensor = await Running.start(prefix[0] ?? '', [...prefix.slice(1), '/opt/picket-sensor/start'], {
        readyWithinMs: 60_000,
      })
      const line = sensor.lines.find((entry) => entry.ready)
      const db = openDatabase(ready.databaseUrl, { maxConnections: 1 })
      try {
        const row = await until('the sensor is online', async () =>
          (await listSensors(db)).find((entry) => entry.sensorId === line?.sensorId),
        )
        expect(row).toMatchObject({ hostname: 'bare', labels: { env: 'test' } })
      } finally {
        await db.close()
      }
      const status = readFileSync(`/proc/${processInside()}/status`, 'utf8')
      expect(/^CapPrm:\s*(\w+)/m.exec(status)?.[1]).toBe(NONE)
      expect(/^CapBnd:\s*(\w+)/m.exec(status)?.[1]).toBe(NET_RAW)
      expect(/^Seccomp:\s*(\w+)/m.exec(status)?.[1]).toBe('2')
      expect(/^NoNewPrivs:\s*(\w+)/m.exec(status)?.[1]).toBe('1')
      expect(/^Uid:\s*(\d+)/m.exec(status)?.[1]).not.toBe('0')
    })

    /** The sensor's own process: the one in the namespace that runs from the bundle. */
    function processInside(): string {
      const pids = execFileSync('ip', ['netns', 'pids', namespace], { encoding: 'utf8' }).trim().split('\n')
      return pids.find((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes('/bin/node')) ?? ''
    }

    test('run again it upgrades in place, keeps the identity and asks for no token', () => {
      const identity = readFileSync(join(root, 'var', 'lib', 'picket-sensor', 'identity.json'), 'utf8')
      const { code } = fetchAndRun('')
      expect(code).toBe(0)
      expect(readFileSync(join(root, 'var', 'lib', 'picket-sensor', 'identity.json'), 'utf8')).toBe(identity)
      expect(readFileSync(join(root, 'etc', 'picket-sensor', 'options'), 'utf8')).toContain('--label\nenv=test\n')
      expect(readdirSync(join(root, 'opt', 'picket-sensor', 'releases'))).toHaveLength(1)
    })

    test('it uninstalls without a trace', async () => {
      await sensor?.stop()
      const { code, output } = fetchAndRun('--uninstall')
      expect(output).toContain('removed from this host')
      expect(code).toBe(0)
      for (const path of ['opt/picket-sensor', 'var/lib/picket-sensor', 'etc/picket-sensor'])
        expect(existsSync(join(root, path)), path).toBe(false)
      expect(readFileSync(join(root, 'etc', 'passwd'), 'utf8')).not.toContain('picket-sensor')
    })
  },
)
