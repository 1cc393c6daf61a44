import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

/** What V8 writes with --cpu-prof: times in microseconds. */
interface CpuProfile {
  nodes: { id: number; callFrame: { functionName: string; url: string; lineNumber: number }; children?: number[] }[]
  samples: number[]
  timeDeltas: number[]
}

type Frame = CpuProfile['nodes'][number]['callFrame']

/** Shares of the busy time by module folder and by function, in percent, the largest first. */
export interface ProfileShares {
  readonly busySeconds: number
  readonly folders: Record<string, number>
  readonly functions: Record<string, number>
}

/** Of the samples after `fromSeconds` of a profile; modules are told by the `// FILE` lines of the code. */
export function profileShares(file: string, fromSeconds: number): ProfileShares {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
  const frames = new Map(nodes.map(({ id, callFrame }) => [id, callFrame]))
  const places = new Places()
  const folders = new Map<string, number>()
  const functions = new Map<string, number>()
  let [time, busy] = [0, 0]
  samples.forEach((id, i) => {
    time += timeDeltas[i] / 1e6
    const frame = frames.get(id)
    if (!frame || time < fromSeconds || frame.functionName === '(idle)') return
    const module = places.moduleOf(frame)
    busy += timeDeltas[i]
    add(folders, module.replace(/[^/]+$/, '') || module, timeDeltas[i])
    add(functions, `${frame.functionName} ${module}`, timeDeltas[i])
  })
  return { busySeconds: busy / 1e6, folders: toShares(folders, busy), functions: toShares(functions, busy) }
}

const add = (sums: Map<string, number>, key: string, value: number) => sums.set(key, (sums.get(key) ?? 0) + value)

/** Those of half a percent and more. */
function toShares(sums: Map<string, number>, total: number): Record<string, number> {
  const shares = [...sums].map(([key, sum]) => [key, Math.round((1000 * sum) / total) / 10] as const)
  return Object.fromEntries(shares.filter(([, share]) => share >= 0.5).sort((a, b) => b[1] - a[1]))
}

/** Which module a line of bundled code comes from. */
class Places {
  readonly #modules = new Map<string, string[]>()

  moduleOf({ url, lineNumber, functionName }: Frame): string {
    if (url.startsWith('file:')) return this.#modulesOf(url)[lineNumber] ?? 'bundle'
    if (url.startsWith('node:')) return 'node:'
    return url.startsWith('wasm:') ? 'wasm:' : functionName
  }

  /** By line. */
  #modulesOf(url: string): string[] {
    const known = this.#modules.get(url)
    if (known) return known
    let module = 'bundle'
    const modules = readFileSync(fileURLToPath(url), 'utf8')
      .split('\n')
      .map((line) => (module = /^\/\/ ([\w@./-]+\.[cm]?[jt]s)$/.exec(line)?.[1] ?? module))
    this.#modules.set(url, modules)
    return modules
  }
}
