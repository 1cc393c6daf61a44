import type { AlertOutcome } from '@picket/store'
import type { Logger } from '../telemetry.ts'
import type { LiveFeed } from './live-feed.ts'

/** Someone to tell of alerts; must not throw and must not wait. */
export interface Notifier {
  notify(outcome: AlertOutcome): void
}

/** A log line for every alert that opens. */
export class LogNotifier implements Notifier {
  readonly #logger: Logger

  constructor(logger: Logger) {
    this.#logger = logger
  }

  notify({ outcome, alert }: AlertOutcome): void {
    if (outcome !== 'opened') return
    const { id, rule, severity, title, entity } = alert
    this.#logger.warn({ alert: id, rule, severity, entity }, title)
  }
}

/** Every change of an alert on the live feed. */
export class LiveNotifier implements Notifier {
  readonly #live: LiveFeed

  constructor(live: LiveFeed) {
    this.#live = live
  }

  notify({ alert }: AlertOutcome): void {
    this.#live.publish({ type: 'alert', alert })
  }
}

/** Tells each in turn. */
export class NotifierList implements Notifier {
  readonly #notifiers: readonly Notifier[]

  constructor(notifiers: readonly Notifier[]) {
    this.#notifiers = notifiers
  }

  notify(outcome: AlertOutcome): void {
    for (const notifier of this.#notifiers) notifier.notify(outcome)
  }
}
