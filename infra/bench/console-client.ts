import { readLines } from '../local/child-output.ts'
import { Readable } from 'node:stream'
import type { ReadableStream } from 'node:stream/web'

/** How a person signs in to a console that has just been started. */
export interface Access {
  readonly url: string
  readonly email: string
  readonly password: string
}

/** An event of the live feed, with the moment it arrived here (`performance.now`). */
export interface ArrivedEvent {
  readonly type: string
  readonly arrivedAt: number
  readonly data: Record<string, unknown>
}

/** The console as a browser with a session sees it. */
export class ConsoleClient {
  readonly #url: string
  readonly #cookie: string

  private constructor(url: string, cookie: string) {
    this.#url = url
    this.#cookie = cookie
  }

  static async signIn({ url, email, password }: Access): Promise<ConsoleClient> {
    const answer = await fetch(`${url}/login`, {
      method: 'POST',
      headers: { origin: url },
      body: new URLSearchParams({ email, password }),
      redirect: 'manual',
    })
    const cookie = answer.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    if (cookie === '') throw new Error(`signing in at ${url} failed: status ${answer.status}`)
    return new ConsoleClient(url, cookie)
  }

  /** The page itself; throws unless it is shown. */
  async page(path: string): Promise<string> {
    const answer = await fetch(this.#url + path, { headers: { cookie: this.#cookie }, redirect: 'manual' })
    if (answer.status !== 200) throw new Error(`${path}: status ${answer.status}`)
    return answer.text()
  }

  /** Calls back for every event of the wanted types until the signal is aborted. Resolves once the stream is open. */
  async listen(types: string, onEvent: (event: ArrivedEvent) => void, signal: AbortSignal): Promise<void> {
    const answer = await fetch(`${this.#url}/api/live?types=${types}`, { headers: { cookie: this.#cookie }, signal })
    if (answer.status !== 200 || !answer.body) throw new Error(`/api/live: status ${answer.status}`)
    const stream = Readable.fromWeb(answer.body as ReadableStream<Uint8Array>)
    stream.on('error', () => undefined)
    let type = ''
    readLines(stream, (line) => {
      if (line.startsWith('event: ')) type = line.slice('event: '.length)
      else if (line.startsWith('data: ') && type !== 'heartbeat') {
        const data = JSON.parse(line.slice('data: '.length)) as Record<string, unknown>
        onEvent({ type, arrivedAt: performance.now(), data })
      }
    })
  }
}
