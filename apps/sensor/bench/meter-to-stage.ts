/**
 * Meters one capture as far as one stage, several times over, and prints the CPU seconds of the thread for the quickest:
 * `node bench/meter-to-stage.ts STAGE FILE [ROUNDS]`. One stage a process, so that V8 compiles what that stage needs.
 */
import { FEATURE_COUNT, flowFeatures } from '@picket/ml/features'
import { FileSource } from '../src/capture/file-source.ts'
import type { Frame } from '../src/capture/frame.ts'
import { METER_DEFAULTS } from '../src/commands/meter-file.ts'
import { raiseInliningLimits } from '../src/compiler-limits.ts'
import { DecodeStatus } from '../src/decode/decode-status.ts'
import { Decoder } from '../src/decode/decoder.ts'
import type { FlowRow } from '../src/flow/flow-row.ts'
import { FlowTable } from '../src/flow/flow-table.ts'
import { toFlow } from '../src/flow/to-flow.ts'
import { AddressNames } from '../src/recognise/address-names.ts'
import { Recognition } from '../src/recognise/recognition.ts'
import { STAGES } from './stages.ts'

const PACKETS_A_TURN = 8_192
const FLOWS_A_TURN = 4_096

raiseInliningLimits()
const [stage = '', path = '', rounds = '6'] = process.argv.slice(2)
const last = STAGES.findIndex((known) => known === stage)
const decodes = last >= STAGES.indexOf('decode')
const keepsFlows = last >= STAGES.indexOf('flow-table')
const recognises = last >= STAGES.indexOf('recognition')
const exports = last >= STAGES.indexOf('export')
const writesFeatures = last >= STAGES.indexOf('features')
const row = new Float32Array(FEATURE_COUNT)

let best = Infinity
for (let round = 0; round < Number(rounds); round++) best = Math.min(best, await meter())
process.stdout.write(`${JSON.stringify({ stage, cpu_seconds: best })}\n`)

/** Seconds of CPU of one round. */
async function meter(): Promise<number> {
  const before = process.threadCpuUsage()
  const decoder = new Decoder()
  const names = new AddressNames()
  const recognition = new Recognition(names)
  let ended: FlowRow[] = []
  const table = new FlowTable({
    idleTimeoutUs: METER_DEFAULTS.idleTimeoutMs * 1000,
    activeTimeoutUs: METER_DEFAULTS.activeTimeoutMs * 1000,
    maxFlows: METER_DEFAULTS.maxFlows,
    inspector: recognises ? recognition : { inspect: () => false },
    onEnd: (slot, reason, continues) => {
      if (exports) {
        const flow = toFlow(table, slot, reason, 'bench')
        recognition.addTo(flow, slot, continues)
        if (flow.hostName === '') flow.hostName = names.nameOf(flow.destinationAddress)
        ended.push(flow)
      }
      if (!recognises) return
      if (continues) recognition.restart(slot)
      else recognition.release(slot)
    },
  })
  const handle = (frame: Frame): void => {
    if (!decodes || decoder.decode(frame) !== DecodeStatus.OK) return
    if (keepsFlows) table.update(decoder.packet)
  }
  const handOn = (): void => {
    if (writesFeatures) for (const flow of ended) flowFeatures(flow, row)
    ended = []
  }
  const source = new FileSource({ path, onAhead: keepsFlows ? (frames) => table.expect(frames) : undefined })
  await source.open()
  while (!source.ended) {
    source.read(handle, PACKETS_A_TURN)
    handOn()
  }
  while (table.endSome(FLOWS_A_TURN)) handOn()
  handOn()
  await source.close()
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1e6
}
