import { Running } from '../../../../test/support/process.ts'

export interface BuiltConsole {
  url: string
  close(): Promise<void>
}

/** The console as people run it, from the pages that set-up built, on an ephemeral port of loopback. */
export async function startBuiltConsole(environment: Record<string, string>): Promise<BuiltConsole> {
  const server = await Running.start(process.execPath, ['apps/console/server.mjs'], {
    env: { ...environment, HOST: '127.0.0.1', PORT: '0' },
  })
  const { url } = await server.line((line) => line.ready === true)
  return {
    url: String(url),
    close: async () => {
      await server.stop()
    },
  }
}
