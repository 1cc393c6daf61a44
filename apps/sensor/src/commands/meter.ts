import { flowFeatures } from '@picket/ml/features'
import type { CoverageGap } from '@picket/proto'
import { complain, parseArguments } from './command-arguments.ts'
import { formatTime } from './format-time.ts'
import { LineWriter } from './line-writer.ts'
import { meterFile, type MeteredFile, type MeterFileOptions } from './meter-file.ts'
import { METER_FLAGS, toMeterOptions } from './meter-options.ts'
import { toEcs } from './to-ecs.ts'

const USAGE = 'meter [--summary] [--idle-timeout S] [--active-timeout S] [--max-flows N] [--speed N] FILE...'
const FLUSH_AT = 1 << 16

/** `meter FILE...`: one flow a line in ECS names, or one summary a file. Returns the exit code. */
export async function run(args: string[]): Promise<number> {
  const parsed = parseArguments(args, { ...METER_FLAGS, summary: { type: 'boolean' } }, USAGE)
  if (!parsed.ok) return refuse([parsed.message])
  const { values, positionals } = parsed.arguments
  const { options, mistakes } = toMeterOptions(values)
  if (positionals.length === 0) mistakes.push(`no capture file is given; usage: ${USAGE}`)
  if (options.speed && positionals.includes('-'))
    mistakes.push('--speed needs files: standard input cannot be read twice, and the first reading finds its length')
  if (mistakes.length > 0) return refuse(mistakes)

  const writer = new LineWriter()
  let exitCode = 0
  for (const path of positionals) {
    const metered = values.summary ? await summarise(path, options, writer) : await meterTo(writer, path, options)
    if (metered.error) {
      complain(metered.error.message)
      exitCode = metered.error.exitCode
    }
    if (writer.isClosed) break
  }
  await writer.flush()
  return exitCode
}

async function meterTo(writer: LineWriter, path: string, options: MeterFileOptions): Promise<MeteredFile> {
  return await meterFile(path, options, async (flows) => {
    for (const flow of flows) {
      writer.add(toEcs(flow, { path, features: flowFeatures(flow) }))
      if (writer.pendingLength >= FLUSH_AT) await writer.flush()
    }
    return !writer.isClosed
  })
}

async function summarise(path: string, options: MeterFileOptions, writer: LineWriter): Promise<MeteredFile> {
  const metered = await meterFile(path, options, async () => undefined)
  const gaps = metered.gaps.map(gapToSummary)
  const error = metered.error && { error: metered.error.message }
  const fragments = Object.values(metered.fragments).some((count) => count > 0) && { fragments: metered.fragments }
  const { packets, octets: bytes, flows } = metered
  writer.add({ file: path, packets, bytes, flows, gaps, ...fragments, ...error })
  await writer.flush()
  return metered
}

/** Where, why, how much and when: times as those of flows. */
function gapToSummary(gap: CoverageGap): object {
  const { cause, packets, flows, octets, times, startUs, endUs } = gap
  const counts = {
    packets,
    ...(octets > 0 && { bytes: octets }),
    ...(flows > 0 && { flows }),
    ...(times !== undefined && { times }),
  }
  return { interface: gap.interface, cause, ...counts, start: formatTime(startUs), end: formatTime(endUs) }
}

function refuse(mistakes: string[]): number {
  for (const mistake of mistakes) complain(mistake)
  return 2
}
