import type { TestCollector } from '../../apps/sensor/test/test-collector.ts'
import type { MeasuredSensor } from './measured-sensor.ts'
import { usageOf } from './process-usage.ts'

const EVERY_MS = 1_000
const rounded = (value: number | undefined): number => Math.round((value ?? 0) * 10) / 10

/** Looks at a sensor once a second: its usage, and how long it takes to answer its collector. */
export class FloodWatch {
  readonly #sensor: MeasuredSensor
  readonly #collector: TestCollector
  readonly #asked = new Map<string, number>()
  readonly #timer: NodeJS.Timeout
  #usage: { at: number; cpuSeconds: number }
  #cpu: number[] = []
  #answers: number[] = []
  #steps: string[] = []
  #peak = 0
  #unanswered = 0
  #heardAt = performance.now()
  #longestSilenceMs = 0
  #startedAt = performance.now()

  constructor(sensor: MeasuredSensor, collector: TestCollector) {
    this.#sensor = sensor
    this.#collector = collector
    this.#usage = { at: performance.now(), cpuSeconds: usageOf(sensor.group).cpuSeconds }
    this.#timer = setInterval(() => this.#look(), EVERY_MS)
    sensor.onLine(({ rung }) => typeof rung === 'string' && this.#steps.push(`${this.#seconds()} s ${rung}`))
  }

  /** To be called with the identifier of a command that was answered. */
  answered(commandId: string): void {
    const askedAt = this.#asked.get(commandId)
    if (askedAt === undefined) return
    this.#asked.delete(commandId)
    this.#answers.push(performance.now() - askedAt)
  }

  /** To be called with every heartbeat. */
  heard(): void {
    const now = performance.now()
    this.#longestSilenceMs = Math.max(this.#longestSilenceMs, now - this.#heardAt)
    this.#heardAt = now
  }

  /** Whether it stands on the first rung again. */
  get isWhole(): boolean {
    return this.#steps.length === 0 || this.#steps.at(-1)?.endsWith(' everything') === true
  }

  /** What was seen since the call before; commands that wait for more than a look count as not answered yet. */
  take(): object {
    const answers = this.#answers.toSorted((a, b) => a - b)
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length)
    const report = {
      seconds: this.#seconds(),
      steps: this.#steps,
      cpu_percent: rounded(mean(this.#cpu)),
      // After the steps have had their effect.
      last_cpu_percent: rounded(mean(this.#cpu.slice(-Math.ceil(this.#cpu.length / 3)))),
      peak_mib: Math.round(this.#peak / 2 ** 20),
      answers: answers.length,
      unanswered: this.#unanswered,
      answer_p50_ms: rounded(answers[answers.length >> 1]),
      answer_max_ms: rounded(answers.at(-1)),
      heartbeat_max_ms: rounded(this.#longestSilenceMs),
    }
    this.#cpu = []
    this.#answers = []
    this.#steps = this.#steps.slice(-1)
    this.#peak = 0
    this.#longestSilenceMs = 0
    this.#startedAt = performance.now()
    return report
  }

  end(): void {
    clearInterval(this.#timer)
  }

  #seconds(): number {
    return Math.round((performance.now() - this.#startedAt) / 1000)
  }

  #look(): void {
    const { cpuSeconds, residentOctets } = usageOf(this.#sensor.group)
    const at = performance.now()
    this.#cpu.push((100_000 * (cpuSeconds - this.#usage.cpuSeconds)) / (at - this.#usage.at))
    this.#usage = { at, cpuSeconds }
    this.#peak = Math.max(this.#peak, residentOctets)
    this.#unanswered = this.#asked.size
    // One that it does not know and says so at once: an answer to `flush` waits until every flow is scored.
    const commandId = `look-${at}`
    this.#asked.set(commandId, at)
    this.#collector.broadcast({ command: { commandId } })
  }
}
