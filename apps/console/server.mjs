// Serves the built console. Started as `node apps/console/server.mjs`; one JSON line on stdout says it is ready.
import { existsSync } from 'node:fs'
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import compression from '@polka/compression'
import { parseConfig } from './src/lib/server/config.ts'

const parsed = parseConfig(process.env)
const mistakes = parsed.ok ? [] : parsed.mistakes
const handlerFile = fileURLToPath(new URL('./build/handler.js', import.meta.url))
if (!existsSync(handlerFile)) mistakes.push('apps/console/build is missing: run vite build in apps/console')
if (mistakes.length > 0) {
  for (const mistake of mistakes) process.stderr.write(`${mistake}\n`)
  process.exit(2)
}
const { config } = parsed

// The adapter believes a header about the scheme and takes https without one, which makes every form post on plain http a
// foreign one. The header is set here from PUBLIC_URL, over whatever a client sent.
const SCHEME_HEADER = 'x-picket-scheme'
process.env.PROTOCOL_HEADER = SCHEME_HEADER
const scheme = new URL(config.publicUrl).protocol.slice(0, -1)

/** @type {import('./build/handler.js')} */
const { handler } = await import(handlerFile).catch((error) => {
  process.stderr.write(
    `${JSON.stringify({ level: 60, time: Date.now(), msg: 'the console cannot start', error: String(error?.stack ?? error) })}\n`,
  )
  process.exit(1)
})

let stopping = false
const compress = compression({ threshold: 1024 })
const server = createServer((request, response) => {
  if (stopping) {
    // a browser comes back on a connection that was kept alive: it is sent away before it opens anything anew
    response.writeHead(503, { connection: 'close', 'retry-after': '2' }).end()
    return
  }
  request.headers[SCHEME_HEADER] = scheme
  response.setHeader('x-content-type-options', 'nosniff')
  compress(request, response, () =>
    handler(request, response, () => {
      response.statusCode = 404
      response.end()
    }),
  )
})

server.on('error', (error) => {
  const reason = error.code === 'EADDRINUSE' ? `PORT: ${config.port}: already in use` : `HOST, PORT: ${error.message}`
  process.stderr.write(`${reason}\n`)
  process.exit(2)
})
server.listen(config.port, config.host, () => {
  const port = server.address().port
  const url = config.port === 0 ? `http://localhost:${port}` : config.publicUrl
  process.stdout.write(`${JSON.stringify({ ready: true, url, port })}\n`)
})

function stop() {
  if (stopping) return
  stopping = true
  server.close() // no new connections; requests in flight finish
  process.emit('sveltekit:shutdown', 'SIGTERM') // live streams end, then the database and Redis close
  // each answer that ends leaves an idle connection behind
  const idle = setInterval(() => server.closeIdleConnections(), 100)
  server.on('close', () => clearInterval(idle))
  setTimeout(() => server.closeAllConnections(), 3_000).unref()
  setTimeout(() => process.exit(0), 8_000).unref()
}
process.on('SIGTERM', stop)
process.on('SIGINT', stop)
