import { spawn } from 'node:child_process'
import { stat } from 'node:fs/promises'
import { createInterface } from 'node:readline'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { MlError } from '../../errors.ts'
import { FEATURE_COUNT } from '../../features/index.ts'
import { readLines, type OctetsRead } from '../read-lines.ts'
import type { LabelTable } from './label-table.ts'
import type { LabelledFlow } from './labelled-flow.ts'
import { protocolOf } from './totals.ts'

const ROOT = fileURLToPath(new URL('../../../../..', import.meta.url))
const METER = join(ROOT, 'apps/sensor/src/main.ts')

interface MeterLine {
  event: { start: string }
  log?: { file?: { path?: string } }
  source?: { ip?: string; port?: number }
  destination?: { ip?: string; port?: number }
  network?: { transport?: string; iana_number?: string }
  picket?: { features?: (number | null)[]; label?: string }
}

/**
 * Flows of captures: of NDJSON that `sensor meter` wrote, or of packet files, which the same command meters now. The label is the
 * table's, else the line's own, else, without a table, the file's name without what follows its first dot. Throws TABLE_UNREADABLE.
 */
export async function* readCaptures(
  file: string,
  labels: LabelTable | undefined,
  flow: LabelledFlow,
  onRead?: OctetsRead,
): AsyncGenerator<LabelledFlow> {
  const isMetered = /\.ndjson(\.gz)?$/.test(file)
  let number = 0
  for await (const text of isMetered ? readLines(file, onRead) : meter(file)) {
    number++
    if (text.trim() === '') continue
    const line = parse(text, `${file}:${number}`)
    fill(flow, line, file)
    flow.label = labelOf(line, flow.capture, labels)
    yield flow
  }
  if (!isMetered) onRead?.((await stat(file)).size)
}

function labelOf(line: MeterLine, capture: string, labels: LabelTable | undefined): string {
  const { source, destination, network, picket } = line
  if (!labels) return picket?.label ?? basename(capture).split('.')[0]
  const ends = source?.ip !== undefined &&
    destination?.ip !== undefined && {
      protocol: protocolOf(network?.iana_number ?? network?.transport ?? ''),
      source: source.ip,
      sourcePort: source.port ?? 0,
      destination: destination.ip,
      destinationPort: destination.port ?? 0,
    }
  return labels.labelOf(capture, ends || undefined) || (picket?.label ?? '')
}

function fill(flow: LabelledFlow, line: MeterLine, file: string): void {
  const features = line.picket?.features ?? []
  for (let i = 0; i < FEATURE_COUNT; i++) flow.features[i] = features[i] ?? NaN
  flow.capture = line.log?.file?.path ?? file
  flow.host = line.source?.ip ?? ''
  flow.startUs = Date.parse(line.event.start) * 1000
}

function parse(text: string, where: string): MeterLine {
  let line: MeterLine | undefined
  try {
    line = JSON.parse(text) as MeterLine
  } catch {
    line = undefined
  }
  if (line?.picket?.features?.length === FEATURE_COUNT && line.event?.start) return line
  throw new MlError(
    'TABLE_UNREADABLE',
    `${where}: no flow of "sensor meter" with ${FEATURE_COUNT} features; meter the capture again`,
  )
}

/** Lines of the sensor's own command for one packet file. */
async function* meter(file: string): AsyncGenerator<string> {
  const child = spawn(process.execPath, [METER, 'meter', file], { stdio: ['ignore', 'pipe', 'pipe'] })
  let complaint = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (complaint = (complaint + text).slice(-500)))
  const ended = new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  try {
    yield* createInterface({ input: child.stdout })
    const code = await ended
    if (code !== 0)
      throw new MlError('TABLE_UNREADABLE', `${file}: ${reasonOf(complaint, file) || `meter ended with ${code}`}`)
  } finally {
    child.kill()
  }
}

/** What the command said, without its name and that of the file, which stands before it already. */
function reasonOf(complaint: string, file: string): string {
  return complaint
    .trim()
    .replace(/^picket: /, '')
    .replace(`${file}: `, '')
}
