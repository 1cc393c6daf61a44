import { createServer } from 'node:net'
import { StartError } from './start-error.ts'

/** Checks that a port can be listened on and gives its number; 0 becomes a free one. Throws StartError otherwise. */
export async function claimPort(host: string, port: number, use: { what: string; flag: string }): Promise<number> {
  const server = createServer()
  try {
    return await new Promise((resolve, reject) => {
      server.once('error', reject)
      server.listen({ host, port, exclusive: true }, () => resolve((server.address() as { port: number }).port))
    })
  } catch (error) {
    throw new StartError(
      describe((error as NodeJS.ErrnoException).code, host, port, use.what),
      `choose another with ${use.flag}`,
    )
  } finally {
    await new Promise<void>((resolve) => server.close(() => resolve()))
  }
}

function describe(code: string | undefined, host: string, port: number, what: string): string {
  if (code === 'EADDRINUSE') return `port ${port} on ${host} (${what}) is in use by another program`
  if (code === 'EACCES') return `port ${port} on ${host} (${what}) may not be used by this user`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `${host} (${what}) is not an address of this host`
  return `port ${port} on ${host} (${what}) cannot be listened on: ${code}`
}
