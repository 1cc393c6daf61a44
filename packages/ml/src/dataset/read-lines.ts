import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { createInterface } from 'node:readline'
import { PassThrough } from 'node:stream'
import { createGunzip } from 'node:zlib'
import { MlError } from '../errors.ts'

/** The lines of a text file, gunzipped where its name ends in .gz. Throws TABLE_UNREADABLE naming the file. */
export async function* readLines(path: string): AsyncGenerator<string> {
  const text = new PassThrough()
  const file = createReadStream(path)
  const done = path.endsWith('.gz') ? pipeline(file, createGunzip(), text) : pipeline(file, text)
  const failure = done.then(
    () => undefined,
    (cause: Error) => cause,
  )
  // readline does not hear errors of its input: they are thrown here once the lines are over.
  void failure.then((cause) => cause && text.end())
  yield* createInterface({ input: text, crlfDelay: Infinity })
  const cause = await failure
  if (cause) throw new MlError('TABLE_UNREADABLE', `${path}: ${cause.message}`, { cause })
}
