import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Running } from './process.ts'

export interface Product {
  running: Running
  data: string
  url: string
  email: string
  password: string
  /** Every process the product runs, by what it is. */
  pids: Record<string, number>
  stop(): Promise<void>
}

/** Starts the whole product by its own start script, on free ports and a data folder of its own. */
export async function startProduct(args: string[]): Promise<Product> {
  const data = mkdtempSync(path.join(tmpdir(), 'picket-product-'))
  const running = await Running.start(
    process.execPath,
    ['infra/start.mjs', '--json', '--data', data, '--port', '0', '--stream-port', '0', ...args],
    { readyWithinMs: 120_000 },
  )
  const ready = running.lines.find((line) => line.ready)! as unknown as Omit<Product, 'running' | 'data' | 'stop'>
  const stop = async (): Promise<void> => {
    await running.stop('SIGINT')
    rmSync(data, { recursive: true, force: true })
  }
  return { running, data, url: ready.url, email: ready.email, password: ready.password, pids: ready.pids, stop }
}
