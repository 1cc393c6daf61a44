import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { EngineStartError } from './engine-start-error.ts'

/** Name PostgreSQL clients look for in the folder given as host. */
export const SOCKET_NAME = '.s.PGSQL.5432'

/** Longest path of a unix socket on Linux: sun_path holds 108 octets with the final zero (unix(7)); macOS has 104. */
export const MAX_SOCKET_PATH = process.platform === 'darwin' ? 103 : 107

export interface RunFolder {
  /** Folder the socket lies in. */
  folder: string
  socketPath: string
  /** Whether the wished folder's path was too long and another was made. */
  moved: boolean
  remove(): void
}

/**
 * Makes the folder for the socket, readable by this user alone. Where the path would be too long for a socket, a short
 * folder of its own is made instead. Throws `EngineStartError` when another process answers on the socket.
 */
export async function openRunFolder(wished: string): Promise<RunFolder> {
  const absolute = resolve(wished)
  const moved = Buffer.byteLength(join(absolute, SOCKET_NAME)) > MAX_SOCKET_PATH
  const folder = moved ? mkdtempSync(join(tmpdir(), 'picket-')) : absolute
  const socketPath = join(folder, SOCKET_NAME)
  if (Buffer.byteLength(socketPath) > MAX_SOCKET_PATH) {
    throw new EngineStartError(
      `run folder ${wished}: its socket path and that of the temporary folder (${socketPath}) are longer than ${MAX_SOCKET_PATH} octets; choose a shorter run folder`,
    )
  }
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  if (await answers(socketPath)) {
    throw new EngineStartError(
      `run folder ${folder}: another process answers on ${socketPath}; stop it or choose another run folder`,
    )
  }
  rmSync(socketPath, { force: true })
  const remove = () => (moved ? rmSync(folder, { recursive: true, force: true }) : rmSync(socketPath, { force: true }))
  return { folder, socketPath, moved, remove }
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(socketPath)
    socket.once('connect', () => {
      socket.destroy()
      done(true)
    })
    socket.once('error', () => done(false))
  })
}
