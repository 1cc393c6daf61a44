import { COMMANDS_CHANNEL, type CommandMessage } from '@picket/store/queues'
import { LivePublisher, type LiveEvent } from '@picket/store/live'
import type { Database } from '@picket/store'
import { error } from '@sveltejs/kit'
import { database, redis } from '../services.ts'
import { within } from '../within.ts'

const TELL_MS = 2_000

/** What an action of a person needs: the store, whom to tell, and who acts. */
export interface ActionContext {
  database: Database
  /** To every open page. */
  publish: (event: LiveEvent) => Promise<unknown>
  /** To the collector and the worker. */
  command: (message: CommandMessage) => Promise<unknown>
  /** E-mail address of the signed-in person, for the audit trail. */
  actor: string
}

/**
 * The context of a request. Telling others is best effort: what was stored stays stored when Redis is away, the
 * collector polls anyway, and pages read anew when they reconnect.
 */
export function actionContext(locals: App.Locals): ActionContext {
  if (!locals.user) error(401, 'Sign in first')
  const publisher = new LivePublisher(redis())
  const ignoreFailure = (told: Promise<unknown>) => within(TELL_MS, told, 'Redis').catch(() => undefined)
  return {
    database: database(),
    publish: (event) => ignoreFailure(publisher.publish(event)),
    command: (message) => ignoreFailure(redis().publish(COMMANDS_CHANNEL, JSON.stringify(message))),
    actor: locals.user.email,
  }
}
