/**
 * Meters one capture with headers and all statistics and no recognition, on one thread: prints packets, flows and the
 * CPU milliseconds of the thread from the first packet to the last flow. `node bench/meter-without-recognition.ts FILE [ROUNDS]`.
 */
import type { Frame } from '../src/capture/frame.ts'
import { FileSource } from '../src/capture/file-source.ts'
import { METER_DEFAULTS } from '../src/commands/meter-file.ts'
import { raiseInliningLimits } from '../src/compiler-limits.ts'
import { DecodeStatus } from '../src/decode/decode-status.ts'
import { Decoder } from '../src/decode/decoder.ts'
import { FlowTable } from '../src/flow/flow-table.ts'
import { toFlow } from '../src/flow/to-flow.ts'

raiseInliningLimits()
const [path = '', rounds = '1'] = process.argv.slice(2)
for (let round = 0; round < Number(rounds); round++) process.stdout.write(`${JSON.stringify(await meter(path))}\n`)

async function meter(path: string): Promise<object> {
  const decoder = new Decoder()
  let packets = 0
  let flows = 0
  const table = new FlowTable({
    idleTimeoutUs: METER_DEFAULTS.idleTimeoutMs * 1000,
    activeTimeoutUs: METER_DEFAULTS.activeTimeoutMs * 1000,
    maxFlows: METER_DEFAULTS.maxFlows,
    inspector: { inspect: () => false },
    onEnd: (slot, reason) => {
      toFlow(table, slot, reason, 'bench')
      flows++
    },
  })
  const handle = (frame: Frame): void => {
    packets++
    if (decoder.decode(frame) === DecodeStatus.OK) table.update(decoder.packet)
  }
  const source = new FileSource({ path, onAhead: (frames) => table.expect(frames) })
  await source.open()
  const before = process.threadCpuUsage()
  while (!source.ended) source.read(handle, 8_192)
  while (table.endSome(4_096));
  const { user, system } = process.threadCpuUsage(before)
  await source.close()
  return { packets, flows, ms: (user + system) / 1_000 }
}
