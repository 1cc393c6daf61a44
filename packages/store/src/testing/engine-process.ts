import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

export interface EngineProcess {
  url: string
  pid: number
  /** Ends it as an operator would. */
  stop(): Promise<void>
  /** Ends it as a crash would. */
  kill(): Promise<void>
}

export interface EngineProcessOptions {
  data: string
  run: string
  durable?: boolean
}

const MAIN = fileURLToPath(new URL('../embedded/main.ts', import.meta.url))

/** Starts the embedded engine in a process of its own, as the product does. It ends with this process. */
export async function startEngineProcess({ data, run, durable = true }: EngineProcessOptions): Promise<EngineProcess> {
  const mode = durable ? [] : ['--volatile']
  const child = spawn(process.execPath, [MAIN, '--data', data, '--run', run, '--with-parent', ...mode], {
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const errors: string[] = []
  child.stderr.setEncoding('utf8').on('data', (text: string) => errors.push(text))
  const url = await readyUrl(child, errors)
  // The engine alone must not keep a finished test run alive.
  child.unref()
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode !== null || child.signalCode !== null) return
    const exited = once(child, 'exit')
    child.ref()
    child.kill(signal)
    await exited
  }
  return { url, pid: child.pid!, stop: () => end('SIGTERM'), kill: () => end('SIGKILL') }
}

async function readyUrl(child: ChildProcess, errors: string[]): Promise<string> {
  const lines = createInterface({ input: child.stdout! })
  const line = once(lines, 'line').then(([text]) => text as string)
  const exit = once(child, 'exit').then(([code]) => {
    throw new Error(`the embedded engine ended with ${code}: ${errors.join('').trim()}`)
  })
  exit.catch(() => undefined)
  const ready = JSON.parse(await Promise.race([line, exit])) as { url: string }
  lines.close()
  return ready.url
}
