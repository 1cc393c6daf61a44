import { createServer } from 'node:http'

// `node download-server.ts ADDRESS`: plain HTTP on port 80; `/bytes/N` answers N octets. Prints a line when it listens.
const octetsOf = (url = '') => Number(/^\/bytes\/(\d+)$/.exec(url)?.[1] ?? 0)
createServer((request, response) => {
  response.writeHead(200, { 'content-type': 'application/octet-stream' })
  response.end(Buffer.alloc(octetsOf(request.url), 0x2a))
}).listen(80, process.argv[2], () => console.log('{"ready":true}'))
