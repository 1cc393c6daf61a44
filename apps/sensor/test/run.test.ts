import { spawn } from 'node:child_process'
import { existsSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { flowFeatures } from '@picket/ml/features'
import type { Flow } from '@picket/proto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { METER_DEFAULTS, meterFile } from '../src/commands/meter-file.ts'
import { eventually } from './eventually.ts'
import { temporaryFolder } from './temporary-folder.ts'
import { TestCollector } from './test-collector.ts'

const main = join(import.meta.dirname, '../src/main.ts')
const capture = (name: string) => join(import.meta.dirname, '../../../test/cases', name, 'capture.pcap')

type Line = Record<string, unknown>

/** The service as an own process, as people start it. */
function startSensor(args: readonly string[]) {
  const child = spawn(process.execPath, [main, 'run', ...args], { stdio: ['ignore', 'pipe', 'pipe'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  let output = ''
  let errors = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text))
  const lines = () =>
    output
      .split('\n')
      .slice(0, -1)
      .map((text) => JSON.parse(text) as Line)
  return {
    lines,
    errors: () => errors,
    line: (find: (line: Line) => boolean) => lines().find(find),
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    exited: () =>
      eventually(
        `the end of the sensor\n${errors}`,
        () => child.exitCode !== null || child.signalCode !== null,
        15_000,
      ),
    exitCode: () => child.exitCode,
  }
}

async function setUp() {
  const collector = await TestCollector.create()
  onTestFinished(() => collector.stop())
  const folder = temporaryFolder()
  const token = join(folder, 'token')
  writeFileSync(token, collector.createToken())
  const places = ['--collector', `127.0.0.1:${collector.streamPort}`, '--enrol', `127.0.0.1:${collector.enrolPort}`]
  const args = [...places, '--token-file', token, '--state', join(folder, 'state'), '--name', 'test-host']
  return { collector, folder, args }
}

const flowsStored = (collector: TestCollector) => [...collector.stored.values()].flatMap((records) => records.flows)

/** By Community ID, as both runs name a flow alike whatever the order they end in. */
const vectorText = (flow: Flow) => `${flow.communityId} ${flowFeatures(flow).join(' ')}`

describe('sensor run', () => {
  test('enrols, replays, delivers every flow, scored, and stops in order', async () => {
    const { collector, folder, args } = await setUp()
    const sensor = startSensor([...args, '--replay', capture('dns'), '--replay', capture('web-tls'), '--speed', '100'])
    await eventually(
      'the end of the replay',
      () => sensor.line(({ state }) => state === 'replay-ended') !== undefined,
      20_000,
    )
    const { 'picket.sensor.flows.metered': metered } = sensor.line(({ state }) => state === 'replay-ended') ?? {}
    await eventually('all flows', () => flowsStored(collector).length === metered)
    expect(metered).toBeGreaterThan(5)
    expect(sensor.line(({ ready }) => ready === true)).toMatchObject({ sensorId: collector.hellos[0]?.sensorId })
    expect(collector.hellos[0]).toMatchObject({ hostname: 'test-host' })
    expect(flowsStored(collector).every((flow) => flow.anomaly !== undefined)).toBe(true)
    sensor.kill('SIGTERM')
    await sensor.exited()
    expect(sensor.exitCode()).toBe(0)
    expect(collector.messages.findLast((message) => message.heartbeat)?.heartbeat?.flowsMetered).toBe(metered)
    const spool = join(folder, 'state/spool', collector.hellos[0]?.sensorId ?? '')
    expect(readdirSync(spool).filter((name) => name.endsWith('.segment'))).toEqual([])
  })

  test('a flow has the same feature vector metered offline, replayed live, and computed from what the collector received', async () => {
    const names = ['dns', 'web-tls', 'icmp']
    const offline: string[] = []
    for (const name of names) {
      await meterFile(capture(name), METER_DEFAULTS, async (flows) => void offline.push(...flows.map(vectorText)))
    }
    const { collector, args } = await setUp()
    startSensor([...args, ...names.flatMap((name) => ['--replay', capture(name)]), '--speed', '100'])
    await eventually('all flows', () => flowsStored(collector).length >= offline.length, 20_000)
    expect(flowsStored(collector).map(vectorText).sort()).toEqual(offline.sort())
  })

  test('killed while the collector is away, it delivers what it had spooled, once, after a restart', async () => {
    const { collector, folder, args } = await setUp()
    const first = startSensor([...args, '--replay', capture('dns'), '--speed', '100'])
    await eventually('the ready line', () => first.line(({ ready }) => ready === true) !== undefined, 20_000)
    await eventually(
      'the end of the replay',
      () => first.line(({ state }) => state === 'replay-ended') !== undefined,
      20_000,
    )
    collector.stop()
    await eventually('the loss of the stream', () => first.line(({ state }) => state === 'disconnected') !== undefined)
    const spool = join(folder, 'state/spool', collector.hellos[0]?.sensorId ?? '')
    // The next host sample comes while there is no collector.
    await eventually('something in the spool', () => readdirSync(spool).some((name) => name.endsWith('.segment')))
    first.kill('SIGKILL')
    await first.exited()
    const { epoch } = collector.hellos[0] ?? { epoch: 0 }
    const before = [...collector.stored.keys()]
    await collector.listen()
    const second = startSensor([...args, '--replay', capture('icmp'), '--speed', '100'])
    await eventually('the second ready line', () => second.line(({ ready }) => ready === true) !== undefined, 20_000)
    await eventually('the second epoch', () => [...collector.stored.keys()].some((key) => !key.startsWith(`${epoch}/`)))
    const sequences = [...collector.stored.keys()]
      .filter((key) => key.startsWith(`${epoch}/`))
      .map((key) => Number(key.split('/')[1]))
    expect(sequences).toEqual(sequences.map((_, index) => index + 1))
    expect(sequences.length).toBeGreaterThanOrEqual(before.length)
    expect(collector.hellos.at(-1)?.sensorId).toBe(collector.hellos[0]?.sensorId)
    second.kill('SIGTERM')
    await second.exited()
    expect(second.exitCode()).toBe(0)
  })

  test('retired by the collector, it forgets who it was and ends', async () => {
    const { collector, folder, args } = await setUp()
    const sensor = startSensor([...args, '--replay', capture('icmp')])
    await eventually('the ready line', () => sensor.line(({ ready }) => ready === true) !== undefined, 20_000)
    collector.broadcast({ command: { commandId: 'c1', retire: {} } })
    await sensor.exited()
    expect(sensor.exitCode()).toBe(0)
    expect(sensor.lines().at(-1)).toEqual({ state: 'retired' })
    expect(existsSync(join(folder, 'state/identity.json'))).toBe(false)
    expect(existsSync(join(folder, 'state/key.pem'))).toBe(false)
    expect(collector.messages.some((message) => message.commandResult?.ok)).toBe(true)
  })

  test('wrong arguments end it with code 2 and a line for each mistake', async () => {
    const sensor = startSensor(['--collector', 'nowhere', '--bogus'])
    await sensor.exited()
    expect(sensor.exitCode()).toBe(2)
    expect(sensor.errors().trim().split('\n')).toHaveLength(3)
    expect(sensor.errors()).toContain('--collector nowhere: must be HOST:PORT')
  })

  test('an unreadable capture ends it with code 2', async () => {
    const { args } = await setUp()
    const sensor = startSensor([...args, '--replay', '/does/not/exist.pcap'])
    await sensor.exited()
    expect(sensor.exitCode()).toBe(2)
    expect(sensor.errors()).toContain('/does/not/exist.pcap')
  })
})
