import { createReadStream } from 'node:fs'
import { pipeline, type Readable } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { MlError } from '../errors.ts'

/** Told how many octets of a file, as it is stored, were read since the last time. */
export type OctetsRead = (octets: number) => void

/** The lines of a text file, gunzipped where its name ends in .gz. Throws TABLE_UNREADABLE naming the file. */
export async function* readLines(path: string, onRead?: OctetsRead): AsyncGenerator<string> {
  const decoder = new TextDecoder()
  let rest = ''
  for await (const chunk of readChunks(path, onRead)) {
    rest += decoder.decode(chunk, { stream: true })
    let from = 0
    for (let end = rest.indexOf('\n'); end >= 0; end = rest.indexOf('\n', from)) {
      yield withoutReturn(rest.slice(from, end))
      from = end + 1
    }
    rest = rest.slice(from)
  }
  rest += decoder.decode()
  if (rest !== '') yield withoutReturn(rest)
}

async function* readChunks(path: string, onRead?: OctetsRead): AsyncGenerator<Uint8Array> {
  const file = createReadStream(path, { highWaterMark: 1 << 18 })
  // An error or the end of either stream reaches the other one, and the loop below.
  const chunks: Readable = path.endsWith('.gz') ? pipeline(file, createGunzip(), () => {}) : file
  const iterator = chunks[Symbol.asyncIterator]()
  let told = 0
  try {
    for (;;) {
      const { value, done } = await readNext(iterator, path)
      if (done) return
      onRead?.(file.bytesRead - told)
      told = file.bytesRead
      yield value
    }
  } finally {
    chunks.destroy()
  }
}

async function readNext(iterator: AsyncIterator<Uint8Array>, path: string): Promise<IteratorResult<Uint8Array>> {
  try {
    return await iterator.next()
  } catch (cause) {
    throw new MlError('TABLE_UNREADABLE', `${path}: ${(cause as Error).message}`, { cause })
  }
}

const withoutReturn = (line: string): string => (line.endsWith('\r') ? line.slice(0, -1) : line)
