import { closeSync, createReadStream, createWriteStream, mkdtempSync, openSync, readSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { constants, createGunzip, createZstdDecompress } from 'node:zlib'
import { CaptureError } from './capture-error.ts'

/** A capture file from which a few octets were read already, to see what it is. */
export interface OpenCapture {
  descriptor: number
  /** What was read: the first octets of the capture. */
  first: Uint8Array
  /** Why decompression ended early; what came before can be read. */
  error: CaptureError | undefined
}

/** Magic numbers of gzip (RFC 1952) and of a zstd frame (RFC 8878). */
const GZIP = '1f8b'
const ZSTD = '28b52ffd'
const MAGIC_OCTETS = 4
/** A file that was cut gives what it has; the capture in it then ends within a record. */
const UNPACK_ALL = { finishFlush: constants.Z_SYNC_FLUSH }

/**
 * Opens a capture, `-` for standard input. What is compressed is unpacked into a file without a name, gone with its
 * descriptor: reading is synchronous and decompression is not. Throws what opening and reading throw.
 */
export async function openCapture(path: string): Promise<OpenCapture> {
  const descriptor = path === '-' ? openStandardInput() : openSync(path, 'r')
  try {
    const first = readFirst(descriptor)
    const magic = Buffer.from(first).toString('hex')
    if (magic.startsWith(GZIP)) return await unpack(path, { descriptor, first }, createGunzip(UNPACK_ALL))
    if (magic.startsWith(ZSTD)) return await unpack(path, { descriptor, first }, createZstdDecompress())
    return { descriptor, first, error: undefined }
  } catch (error) {
    closeSync(descriptor)
    throw error
  }
}

/** Opened anew where that is possible: a pipe that another program made non-blocking can be read then too. */
function openStandardInput(): number {
  try {
    return openSync('/dev/stdin', 'r')
  } catch {
    return 0
  }
}

function readFirst(descriptor: number): Uint8Array {
  const first = new Uint8Array(MAGIC_OCTETS)
  let length = 0
  for (;;) {
    const count = readSync(descriptor, first, length, MAGIC_OCTETS - length, null)
    length += count
    if (count === 0 || length === MAGIC_OCTETS) return first.subarray(0, length)
  }
}

async function unpack(
  path: string,
  { descriptor, first }: Pick<OpenCapture, 'descriptor' | 'first'>,
  unpacking: NodeJS.ReadWriteStream,
): Promise<OpenCapture> {
  const unnamed = openUnnamed()
  const packed = async function* (): AsyncGenerator<Uint8Array> {
    yield first
    yield* createReadStream('', { fd: descriptor })
  }
  let failure: CaptureError | undefined
  // Both streams close their descriptors themselves.
  try {
    await pipeline(packed, unpacking, createWriteStream('', { fd: unnamed.write }))
  } catch (error) {
    failure = new CaptureError(
      'capture-file-truncated',
      `${path}: cannot be unpacked to its end (${error instanceof Error ? error.message : String(error)})`,
    )
  }
  return { descriptor: unnamed.read, first: readFirst(unnamed.read), error: failure }
}

/** Two descriptors of a file that has no name any more. */
function openUnnamed(): { write: number; read: number } {
  const folder = mkdtempSync(join(tmpdir(), 'picket-capture-'))
  const file = join(folder, 'unpacked')
  try {
    return { write: openSync(file, 'wx', 0o600), read: openSync(file, 'r') }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
