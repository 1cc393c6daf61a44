// Takes the addons in FOLDER through what the sensor does with them, and through what it never should: use after close, a socket
// used twice, an interface that is not there, rings left to the garbage collector. Run by sanitize-native.mjs.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

const [folder] = process.argv.slice(2)
const load = createRequire(import.meta.url)
const ring = load(join(folder, 'ring.node'))
const own = load(join(folder, 'process.node'))
const options = {
  blockSize: 1 << 18,
  blockCount: 8,
  retireMs: 5,
  snapLength: 4096,
  promiscuous: true,
  ignoreOutgoing: true,
}
const PACKETS = 200

function expectThrow(what, call) {
  try {
    call()
  } catch {
    return
  }
  throw new Error(`${what} did not throw`)
}

async function send() {
  const socket = createSocket('udp4')
  socket.bind(0, '127.0.0.1')
  await once(socket, 'listening')
  const { port } = socket.address()
  for (let i = 0; i < PACKETS; i++) socket.send(Buffer.alloc(1 + i * 6), port, '127.0.0.1')
  await delay(100)
  socket.close()
}

/** Reads every octet of every packet that is there. */
function readAll(opened) {
  const bytes = new Uint8Array(opened.memory)
  const view = new DataView(opened.memory)
  let packets = 0
  for (let block = ring.next(opened); block >= 0; block = ring.next(opened)) {
    const start = block * options.blockSize
    let at = start + view.getUint32(start + 16, true)
    for (let left = view.getUint32(start + 12, true); left > 0; left--, packets++) {
      const from = at + view.getUint16(at + 24, true)
      bytes.subarray(from, from + view.getUint32(at + 12, true)).reduce((sum, octet) => sum + octet, 0)
      at += view.getUint32(at, true)
    }
    ring.release(opened)
  }
  return packets
}

const socket = ring.openSocket(false)
for (let lap = 0; lap < 20; lap++) {
  const opened = ring.open(socket, 'lo', options)
  expectThrow('a second ring over one socket', () => ring.open(socket, 'lo', options))
  ring.close(opened)
}
const opened = ring.open(socket, 'lo', options)
await send()
if (readAll(opened) < PACKETS) throw new Error('packets are missing')
ring.drops(opened)
const stale = new Uint8Array(opened.memory)
ring.close(opened)
ring.close(opened)
if (stale.length !== 0 || ring.next(opened) !== -1 || ring.drops(opened) !== 0)
  throw new Error('a closed ring is in use')
ring.release(opened)
expectThrow('an unknown interface', () => ring.open(socket, 'none0', options))
expectThrow('an impossible ring', () => ring.open(socket, 'lo', { ...options, blockSize: 3 }))
expectThrow('no ring at all', () => ring.next({}))
expectThrow('no arguments', () => ring.open())
ring.closeSocket(socket)
for (let left = 0; left < 5; left++) ring.open(ring.openSocket(true), 'lo', options)
globalThis.gc()
await delay(50)
globalThis.gc()
own.releaseMemory()
own.keepOpen(0)
expectThrow('no descriptor', () => own.keepOpen(9999))
own.confine()
process.stdout.write('every step taken\n')
