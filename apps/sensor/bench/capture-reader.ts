// `capture-reader.ts ring|cap|ring-x2 INTERFACE`: meters an interface until SIGTERM, then prints what it read as one JSON line.
import { once } from 'node:events'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { openFanout } from '../src/capture/fanout/open-fanout.ts'
import { listInterfaces } from '../src/capture/interfaces.ts'
import { Meters } from '../src/capture/meters.ts'
import { warmUp } from '../src/capture/warm-up.ts'
import { makeSource } from '../test/meter-source.ts'
import { LossCauses } from './loss-causes.ts'

const BUDGET = 4_096
/** As the sensor waits: until the source wakes it, or has to be asked again. */
const IDLE_MS = 250
const POLL_MS = 20
const RINGS = 2
const [kind = 'ring', name = ''] = process.argv.slice(2)
const meters = new Meters({ idleTimeoutMs: 30_000, activeTimeoutMs: 60_000, maxFlows: 131_072 })
let isStopping = false
const stopping = once(process, 'SIGTERM').then(() => (isStopping = true))

/** By this thread alone. */
async function read(): Promise<object> {
  const source = makeSource(kind, name)
  const meter = meters.meterFor(name)
  const handle = meter.handle.bind(meter)
  let drops = 0
  warmUp()
  await source.open()
  process.stdout.write('ready\n')
  const causes = new LossCauses()
  for (;;) {
    const count = source.read(handle, BUDGET)
    const lost = source.takeDrops()
    drops += lost
    causes.turn(lost)
    meter.takeFlows()
    if (count === 0 && isStopping) break
    await (count > 0 ? nextTurn() : ready(source))
  }
  await source.close()
  return { packets: meter.packetsRead, drops, ...(kind === 'ring' && { lost: { ...causes } }) }
}

function ready(source: ReturnType<typeof makeSource>): Promise<void> {
  return new Promise((resolve) => {
    const wakes = source.wakeWhenReady?.(resolve) ?? false
    setTimeout(resolve, wakes ? IDLE_MS : POLL_MS)
  })
}

/** By a thread for each ring; this one takes what they hand on. */
async function readByThreads(): Promise<object> {
  const description = listInterfaces().find((one) => one.name === name)
  if (!description) throw new Error(`there is no ${name}`)
  const capture = await openFanout(description, {
    settings: {},
    sockets: undefined,
    meters,
    logger: { info: () => undefined, warn: () => undefined },
    rings: RINGS,
    opening: { count: 1, promiscuous: false, vlanId: undefined },
  })
  process.stdout.write('ready\n')
  const timer = setInterval(() => capture.take(), POLL_MS)
  await stopping
  clearInterval(timer)
  await capture.finish(Date.now() * 1000)
  const { packetsRead } = capture.take()
  return { packets: packetsRead, drops: capture.sample(Date.now() * 1000, undefined).captureDrops }
}

const result = await (kind === 'ring-x2' ? readByThreads() : read())
process.stdout.write(`${JSON.stringify(result)}\n`)
