/**
 * Real traffic between the two ends of a wire:
 *
 *     node infra/bench/flow-traffic.ts answer ADDRESS               sends every datagram back, answers /bytes/N by HTTP
 *                                                                   on port 80 with N octets; prints a ready line
 *     node infra/bench/flow-traffic.ts ask ADDRESS RATE SECONDS     RATE new flows a second: a question and its answer each
 */
import { createSocket } from 'node:dgram'
import { createServer } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'

const FIRST_PORT = 41_000
const PORTS = 16
const TICK_MS = 10
const ANSWER_WITHIN_MS = 1000
const question = Buffer.alloc(64, 0x2a)

function answer(address: string): void {
  let left = PORTS + 1
  const listening = () => --left === 0 && console.log('{"ready":true}')
  createServer((request, response) => {
    response.end(Buffer.alloc(Number(/^\/bytes\/(\d+)$/.exec(request.url ?? '')?.[1] ?? 0), 0x2a))
  }).listen(80, address, listening)
  for (let port = FIRST_PORT; port < FIRST_PORT + PORTS; port++) {
    const socket = createSocket({ type: 'udp4', recvBufferSize: 1 << 20 })
    socket.on('message', (message, from) => socket.send(message, from.port, from.address))
    socket.bind(port, address, listening)
  }
}

/** One flow: a new source port, a datagram there and back. */
function ask(address: string, port: number): void {
  const socket = createSocket('udp4')
  const timer = setTimeout(() => socket.close(), ANSWER_WITHIN_MS)
  socket.once('message', () => {
    clearTimeout(timer)
    socket.close()
  })
  socket.send(question, port, address)
}

async function askAtRate(address: string, rate: number, seconds: number): Promise<void> {
  const startedAt = performance.now()
  const total = rate * seconds
  for (let asked = 0; asked < total;) {
    const due = Math.min(total, Math.ceil(((performance.now() - startedAt) / 1000) * rate))
    for (; asked < due; asked++) ask(address, FIRST_PORT + (asked % PORTS))
    await delay(TICK_MS)
  }
}

const [mode, address = '', rate, seconds] = process.argv.slice(2)
if (mode === 'answer') answer(address)
else await askAtRate(address, Number(rate), Number(seconds))
