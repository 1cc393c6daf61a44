import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { readFileSync } from 'node:fs'
import http from 'node:http'
import http2 from 'node:http2'
import net from 'node:net'
import path from 'node:path'

/**
 * The web server inside the lab's server host: `node servers.ts ADDRESS WORKDIR`. HTTPS with ALPN h2 and http/1.1 on 443,
 * clear HTTP on 80, a TCP echo on 7 whose connections may stay idle. `/page` is a small page, `/bytes/N` N octets,
 * `/segment/N` N octets of incompressible video.
 */
const [address, work] = process.argv.slice(2)
const key = path.join(work, 'web.key')
const cert = path.join(work, 'web.crt')
execFileSync(
  'openssl',
  [
    'req',
    '-x509',
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-days',
    '3650',
    '-subj',
    '/CN=lab',
    '-keyout',
    key,
    '-out',
    cert,
  ],
  { stdio: 'ignore' },
)

const noise = randomBytes(1 << 20)

function answer(request: http.IncomingMessage | http2.Http2ServerRequest, response: http.ServerResponse): void {
  const octets = Number(/^\/(?:bytes|segment)\/(\d+)/.exec(request.url ?? '')?.[1] ?? NaN)
  if (Number.isNaN(octets)) {
    response.writeHead(request.url === '/missing' ? 404 : 200, { 'content-type': 'text/html' })
    response.end(`<!doctype html><title>lab</title><h1>${request.url}</h1>${'<p>A page of the lab.</p>'.repeat(80)}`)
    request.resume()
    return
  }
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'content-length': octets })
  let left = octets
  const more = (): void => {
    while (left > 0) {
      const piece = noise.subarray(0, Math.min(left, noise.length))
      left -= piece.length
      if (!response.write(piece)) return void response.once('drain', more)
    }
    response.end()
  }
  more()
}

const handler = answer as http.RequestListener
http2
  .createSecureServer({ key: readFileSync(key), cert: readFileSync(cert), allowHTTP1: true }, handler as never)
  .listen(443, '::')
http.createServer(handler).listen(80, '::')
net.createServer((socket) => socket.on('error', () => socket.destroy()).pipe(socket)).listen(7, '::')
console.log(JSON.stringify({ ready: true, address }))
