import type { Records } from '@picket/proto'
import { openOrUpdateAlert } from '@picket/store'
import type { AlertEvidence, Database } from '@picket/store'
import { messageOf } from '../errors.ts'
import { Backoff } from '../ingest/backoff.ts'
import { isPermanent } from '../ingest/permanent-failure.ts'
import type { Notifier } from '../notify/notifier.ts'
import type { PolicyBoard } from '../rollout/policy-board.ts'
import type { Stage } from '../stage.ts'
import type { Logger, Telemetry } from '../telemetry.ts'
import type { AlertRule, RuleSource } from './rule.ts'

/** Evidence waiting for the store; beyond that the newest is dropped and counted (the findings are stored anyway). */
const MAX_WAITING = 10_000
const RETRY = { firstMs: 200, maxMs: 5_000, random: Math.random }

export interface AlertDeskOptions {
  database: Database
  rules: readonly AlertRule[]
  policies: PolicyBoard
  notifier: Notifier
  telemetry: Telemetry
  logger: Logger
}

/** Runs the rules over what was stored and keeps the alerts, one after another, without holding up ingest. */
export class AlertDesk implements Stage {
  readonly #options: AlertDeskOptions
  readonly #stopping = new AbortController()
  readonly #waiting: AlertEvidence[] = []
  #working: Promise<void> | undefined

  constructor(options: AlertDeskOptions) {
    this.#options = options
  }

  async start(): Promise<void> {}

  async stop(): Promise<void> {
    this.#stopping.abort()
    await this.#working
  }

  /** Whether all evidence is on its alert. */
  get isIdle(): boolean {
    return this.#working === undefined
  }

  /** Told of every batch once, after it was committed. */
  observe(source: RuleSource, records: Records): void {
    const { rules, policies, telemetry, logger } = this.#options
    telemetry.add('findingReceived', records.findings.length)
    if (policies.settings === undefined) return
    for (const rule of rules) {
      try {
        for (const evidence of rule.observe(source, records, policies.settings)) this.report(evidence)
      } catch (error) {
        telemetry.add('alertFailed')
        logger.error({ rule: rule.constructor.name, error: messageOf(error) }, 'alert rule failed')
      }
    }
  }

  /** Takes evidence of any rule; it is on an alert soon. */
  report(evidence: AlertEvidence): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#options.telemetry.add('alertDropped')
      return
    }
    this.#waiting.push(evidence)
    this.#working ??= this.#workOff()
  }

  async #workOff(): Promise<void> {
    for (let evidence = this.#waiting.shift(); evidence !== undefined; evidence = this.#waiting.shift()) {
      await this.#keep(evidence)
    }
    this.#working = undefined
  }

  async #keep(evidence: AlertEvidence): Promise<void> {
    const { database, notifier, telemetry, logger } = this.#options
    const backoff = new Backoff(RETRY)
    for (;;) {
      try {
        const outcome = await openOrUpdateAlert(database, evidence)
        if (outcome.outcome === 'opened') telemetry.add('alertOpened')
        notifier.notify(outcome)
        return
      } catch (error) {
        telemetry.add('alertFailed')
        logger.warn({ rule: evidence.rule, entity: evidence.entity, error: messageOf(error) }, 'alert not kept yet')
        if (isPermanent(error) || !(await backoff.wait(this.#stopping.signal))) return
      }
    }
  }
}
