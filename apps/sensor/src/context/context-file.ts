import { promisify } from 'node:util'
import { crc32, zstdCompress, zstdDecompress } from 'node:zlib'
import { z } from 'zod'
import { storedSketch } from '../score/stored-sketch.ts'
import { CONTEXT_COUNT } from './context-features.ts'
import { ContextScorer } from './context-scorer.ts'

/**
 * The file of what context has learned, numbers little-endian; the memory of the sketches is as this processor has it:
 *
 *     0  "PKCX"   4  version   8  CRC-32 of what follows   12  zstd of: length of the JSON (4), JSON, memory
 */
const MAGIC = 0x58434b50
/** Rises with every change of what is kept, sizes of sketches included. */
const VERSION = 2
const HEADER = 12
/** Twice what the sketches and the JSON of 32 interfaces come to. */
const MOST_OCTETS = 8 * 2 ** 20

const usualShape = z.array(z.tuple([z.string(), z.array(storedSketch).length(CONTEXT_COUNT)])).max(32)

export async function encodeContext(context: ContextScorer): Promise<Uint8Array> {
  const { usual, memory } = context.store()
  const text = Buffer.from(JSON.stringify(usual))
  const length = Buffer.alloc(4)
  length.writeUInt32LE(text.length)
  // One copy, made before the next flow changes what it is made of.
  const content = await promisify(zstdCompress)(Buffer.concat([length, text, ...memory.map(toOctets)]))
  const header = Buffer.alloc(HEADER)
  header.writeUInt32LE(MAGIC, 0)
  header.writeUInt32LE(VERSION, 4)
  header.writeUInt32LE(crc32(content), 8)
  return Buffer.concat([header, content])
}

/** Throws an error that says what is wrong with the octets. */
export async function decodeContext(file: Buffer): Promise<ContextScorer> {
  if (file.length < HEADER || file.readUInt32LE(0) !== MAGIC) throw new RangeError('not a file of the context')
  if (file.readUInt32LE(4) !== VERSION) throw new RangeError(`version ${file.readUInt32LE(4)} in place of ${VERSION}`)
  const compressed = file.subarray(HEADER)
  if (crc32(compressed) !== file.readUInt32LE(8)) throw new RangeError('the checksum does not match')
  const content = await promisify(zstdDecompress)(compressed, { maxOutputLength: MOST_OCTETS })
  const textEnd = 4 + content.readUInt32LE(0)
  const usual = usualShape.safeParse(JSON.parse(content.toString('utf8', 4, textEnd)))
  if (!usual.success) throw new RangeError('what is usual on each interface is not in its shape')
  return ContextScorer.restore(usual.data, (memory) => fill(memory, content.subarray(textEnd)))
}

function fill(memory: readonly ArrayBufferView[], octets: Uint8Array): void {
  const expected = memory.reduce((sum, { byteLength }) => sum + byteLength, 0)
  if (octets.length !== expected) throw new RangeError(`${octets.length} octets in place of ${expected}`)
  let at = 0
  for (const view of memory) toOctets(view).set(octets.subarray(at, (at += view.byteLength)))
}

const toOctets = ({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array =>
  new Uint8Array(buffer, byteOffset, byteLength)
