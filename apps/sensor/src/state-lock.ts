import { createHash } from 'node:crypto'
import { realpathSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { platform } from 'node:os'
import { sensorErrors } from './errors.ts'

/**
 * Keeps two sensors out of one state folder, where they would take each other's sequences. The lock is a socket in
 * Linux's abstract name space (unix(7)), so it goes with the process however that ends; elsewhere there is none.
 */
export async function lockStateFolder(folder: string): Promise<{ release: () => void }> {
  if (platform() !== 'linux') return { release: () => undefined }
  const digest = createHash('sha256').update(realpathSync(folder)).digest('hex').slice(0, 32)
  const server = createServer((socket) => socket.destroy())
  await listen(server, `\0picket-sensor-${digest}`, folder)
  server.unref()
  return { release: () => server.close() }
}

function listen(server: Server, path: string, folder: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      reject(
        error.code === 'EADDRINUSE' ? sensorErrors.stateInUse(folder) : sensorErrors.stateFolder(folder, error.message),
      ),
    )
    server.listen(path, resolve)
  })
}
