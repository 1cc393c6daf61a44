import { queryMessage, statusAtEnd, syncMessage, type TransactionStatus } from './backend-messages.ts'

/** The one backend session: executes the messages of one unit to the end and gives back all it answered. */
export interface BackendSession {
  execute(bytes: Uint8Array): Uint8Array
}

export interface SessionGateOptions {
  session: BackendSession
  /** How long a client may hold the session in a transaction without sending anything. */
  idleInTransactionMs: number
  /** Called when a client held the session too long; its transaction is rolled back already. */
  onIdleInTransaction: (client: number) => void
  /** Called once when the backend broke down: nothing can be executed any more. */
  onBroken: (error: Error) => void
}

interface Turn {
  client: number
  run: () => void
  cancel: (error: Error) => void
}

/**
 * Lets many clients share one backend session. First come, first served; a client inside a transaction (or between
 * Flush and Sync) keeps the session until it is out, so transactions queue behind one another and never mix.
 */
export class SessionGate {
  readonly #options: SessionGateOptions
  #turns: Turn[] = []
  #holder: number | undefined
  #status: TransactionStatus = 'I'
  #awaitsSync = false
  #scheduled = false
  #broken: Error | undefined
  #holdTimer: NodeJS.Timeout | undefined

  constructor(options: SessionGateOptions) {
    this.#options = options
  }

  /** Executes one unit when it is the client's turn. Rejects when the client left or the backend broke down. */
  execute(client: number, bytes: Uint8Array): Promise<Uint8Array> {
    return new Promise((resolve, reject) => {
      this.#enqueue({
        client,
        run: () => resolve(this.#executeNow(client, bytes)),
        cancel: reject,
      })
    })
  }

  /** Runs the engine's own work when no client holds the session. */
  exclusive<T>(work: () => Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      const run = () => {
        this.#holder = ENGINE
        work()
          .then(resolve, reject)
          .finally(() => {
            this.#holder = undefined
            this.#schedule()
          })
      }
      this.#enqueue({ client: ENGINE, run, cancel: reject })
    })
  }

  /** The client is gone: drops what it queued and rolls back what it had open. */
  release(client: number): void {
    const left = this.#turns.filter((turn) => turn.client === client)
    this.#turns = this.#turns.filter((turn) => turn.client !== client)
    for (const turn of left) turn.cancel(new Error('the client disconnected'))
    if (this.#holder === client) this.#endHold()
  }

  get waiting(): number {
    return this.#turns.length
  }

  #enqueue(turn: Turn): void {
    if (this.#broken) return turn.cancel(this.#broken)
    this.#turns.push(turn)
    this.#schedule()
  }

  /** One turn per round of the event loop, so that sockets are read and written between turns. */
  #schedule(): void {
    if (this.#scheduled) return
    this.#scheduled = true
    setImmediate(() => {
      this.#scheduled = false
      this.#takeTurn()
    })
  }

  #takeTurn(): void {
    const holder = this.#holder
    const index = holder === undefined ? 0 : this.#turns.findIndex((turn) => turn.client === holder)
    if (holder === ENGINE || index < 0 || index >= this.#turns.length || this.#broken) return
    const [turn] = this.#turns.splice(index, 1)
    clearTimeout(this.#holdTimer)
    try {
      turn.run()
    } catch (error) {
      turn.cancel(error as Error)
      return this.#breakDown(error as Error)
    }
    this.#schedule()
  }

  #executeNow(client: number, bytes: Uint8Array): Uint8Array {
    // A copy: the engine reuses its response buffer.
    const response = Buffer.from(this.#options.session.execute(bytes))
    const status = statusAtEnd(response)
    this.#awaitsSync = status === undefined
    if (status) this.#status = status
    const held = this.#awaitsSync || this.#status !== 'I'
    this.#holder = held ? client : undefined
    if (held) this.#watchHolder(client)
    return response
  }

  #watchHolder(client: number): void {
    clearTimeout(this.#holdTimer)
    this.#holdTimer = setTimeout(() => {
      this.#endHold()
      this.#options.onIdleInTransaction(client)
    }, this.#options.idleInTransactionMs)
  }

  #endHold(): void {
    clearTimeout(this.#holdTimer)
    try {
      if (this.#awaitsSync) this.#status = statusAtEnd(this.#options.session.execute(syncMessage())) ?? 'I'
      if (this.#status !== 'I') this.#options.session.execute(queryMessage('ROLLBACK'))
    } catch (error) {
      return this.#breakDown(error as Error)
    }
    this.#awaitsSync = false
    this.#status = 'I'
    this.#holder = undefined
    this.#schedule()
  }

  #breakDown(error: Error): void {
    if (this.#broken) return
    this.#broken = error
    clearTimeout(this.#holdTimer)
    for (const turn of this.#turns.splice(0)) turn.cancel(error)
    this.#options.onBroken(error)
  }
}

const ENGINE = -1
