import { createReadStream } from 'node:fs'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { createGunzip } from 'node:zlib'
import { MlError } from '../errors.ts'

/** The lines of a text file, gunzipped where its name ends in .gz. Throws TABLE_UNREADABLE naming the file. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const text = new PassThrough()
  text.on('error', () => {})
  const file = createReadStream(path)
  // A failed pipeline destroys `text`, which ends the lines below; the reason is kept here.
  const failure = (path.endsWith('.gz') ? pipeline(file, createGunzip(), text) : pipeline(file, text)).then(
    () => undefined,
    (cause: Error) => cause,
  )
  try {
    yield* createInterface({ input: text, crlfDelay: Infinity })
  } catch {
    // The pipeline's own reason, thrown below, says more.
  } finally {
    file.destroy()
  }
  const cause = await failure
  if (cause) throw new MlError('TABLE_UNREADABLE', `${path}: ${cause.message}`, { cause })
}
