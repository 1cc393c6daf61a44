import { promisify } from 'node:util'
import { constants, zstdDecompress } from 'node:zlib'
import { BinaryReader } from '@bufbuild/protobuf/wire'
import { Records } from '@picket/proto'

const decompress = promisify(zstdDecompress)

/** Octets of a batch once decompressed (the contract's bound). */
const MAX_PLAIN_OCTETS = 16 * 1024 * 1024
/** Records in a batch; a sensor cuts at 5,000 flows. Each costs up to 1.5 KB as objects, whatever its octets. */
const MAX_RECORDS = 50_000
/** Octets of one record; the largest real one is a host sample of some kilobytes. */
const MAX_RECORD_OCTETS = 64 * 1024
/** A frame may ask the decompressor for a window of at most 2^24 octets (RFC 8878, 3.1.1.1.2). */
const MAX_WINDOW_LOG = 24

/** Why a batch can never be stored; `code` is of `Rejection`. */
export interface PayloadRefusal {
  code: 'undecodable' | 'too-large'
  detail: string
}

export type DecodedPayload = { ok: true; records: Records } | ({ ok: false } & PayloadRefusal)

/** Decompresses and decodes a batch's payload within bounds of memory, whatever a sensor sends. */
export async function decodePayload(payload: Uint8Array): Promise<DecodedPayload> {
  if (payload.length === 0) return { ok: false, code: 'undecodable', detail: 'the payload is empty' }
  let plain: Uint8Array
  try {
    plain = await decompress(payload, {
      maxOutputLength: MAX_PLAIN_OCTETS,
      params: { [constants.ZSTD_d_windowLogMax]: MAX_WINDOW_LOG },
    })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE') {
      return { ok: false, code: 'too-large', detail: `more than ${MAX_PLAIN_OCTETS} octets uncompressed` }
    }
    return { ok: false, code: 'undecodable', detail: 'the payload is not a zstd frame of the allowed window size' }
  }
  return decodeRecords(plain)
}

function decodeRecords(plain: Uint8Array): DecodedPayload {
  try {
    const excess = findExcess(plain)
    if (excess !== undefined) return { ok: false, code: 'too-large', detail: excess }
    return { ok: true, records: Records.decode(plain) }
  } catch {
    return { ok: false, code: 'undecodable', detail: 'the payload is not an encoded Records message' }
  }
}

/** Walks over the records without decoding them: a few octets can stand for an object a hundred times their size. */
function findExcess(plain: Uint8Array): string | undefined {
  const reader = new BinaryReader(plain)
  let records = 0
  while (reader.pos < reader.len) {
    const [fieldNumber, wireType] = reader.tag()
    const start = reader.pos
    reader.skip(wireType, fieldNumber)
    records += 1
    if (reader.pos - start > MAX_RECORD_OCTETS) return `a record of more than ${MAX_RECORD_OCTETS} octets`
    if (records > MAX_RECORDS) return `more than ${MAX_RECORDS} records`
  }
  return undefined
}
