import type { CaptureFormat } from './capture-format.ts'
import { CaptureError } from './capture-error.ts'
import type { ChunkReader } from './chunk-reader.ts'
import { isPcap, PcapFormat } from './pcap-format.ts'
import { isPcapng, PcapngFormat } from './pcapng-format.ts'

/** Tells the format by its first four octets and reads the header. */
export function openFormat(reader: ChunkReader): CaptureFormat {
  if (!reader.ensure(4)) {
    if (reader.end === 0) throw new CaptureError('capture-file-empty', `${reader.path}: is empty; expected a capture`)
    throw notACapture(reader)
  }
  const magic = reader.view.getUint32(reader.position, false)
  if (isPcap(magic)) return new PcapFormat(reader)
  if (isPcapng(magic)) return new PcapngFormat(reader)
  throw notACapture(reader)
}

function notACapture(reader: ChunkReader): CaptureError {
  const first = Buffer.from(reader.bytes.subarray(reader.position, Math.min(reader.end, 4))).toString('hex')
  return new CaptureError('capture-file-format', `${reader.path}: is not pcap or pcapng (starts with 0x${first})`)
}
