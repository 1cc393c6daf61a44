// `capture-reader.ts ring|cap INTERFACE`: meters an interface until SIGTERM, then prints what it read as one JSON line.
import { setImmediate as nextTurn } from 'node:timers/promises'
import { Exclusion } from '../src/capture/exclusion.ts'
import { InterfaceMeter } from '../src/capture/interface-meter.ts'
import { AddressNames } from '../src/recognise/address-names.ts'
import { warmUp } from '../src/capture/warm-up.ts'
import { makeSource } from '../test/meter-source.ts'

const BUDGET = 4_096
/** As the sensor waits: until the source wakes it, or has to be asked again. */
const IDLE_MS = 250
const POLL_MS = 20
const [kind = 'ring', name = ''] = process.argv.slice(2)
const source = makeSource(kind, name)
const meter = new InterfaceMeter({
  interfaceName: name,
  idleTimeoutUs: 3e7,
  activeTimeoutUs: 6e7,
  maxFlows: 131_072,
  exclusion: new Exclusion(),
  names: new AddressNames(),
})
const handle = meter.handle.bind(meter)
let isStopping = false
let drops = 0
process.once('SIGTERM', () => (isStopping = true))
warmUp()
await source.open()
process.stdout.write('ready\n')
for (;;) {
  const count = source.read(handle, BUDGET)
  drops += source.takeDrops()
  meter.takeFlows()
  if (count === 0 && isStopping) break
  await (count > 0 ? nextTurn() : ready())
}

function ready(): Promise<void> {
  return new Promise((resolve) => {
    const wakes = source.wakeWhenReady?.(resolve) ?? false
    setTimeout(resolve, wakes ? IDLE_MS : POLL_MS)
  })
}

process.stdout.write(`${JSON.stringify({ packets: meter.packetsRead, drops })}\n`)
await source.close()
