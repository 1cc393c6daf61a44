// Takes the addons in FOLDER through what the sensor does with them, and through what it never should: use after close, a socket
// used twice, an interface that is not there, rings left to the garbage collector, threads that end over their rings. Run by
// sanitize-native.mjs.
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

const [folder] = process.argv.slice(2)
const load = createRequire(import.meta.url)
const ring = load(join(folder, 'ring.node'))
const own = load(join(folder, 'process.node'))
const links = load(join(folder, 'links.node'))
const filter = load(join(folder, 'filter.node'))
/** A program of one instruction: octets to keep of every packet. */
const keep = (octets) => Uint8Array.of(6, 0, 0, 0, octets & 0xff, octets >> 8, 0, 0)
const options = {
  blockSize: 1 << 18,
  blockCount: 8,
  retireMs: 5,
  filter: keep(4096),
  promiscuous: true,
  ignoreOutgoing: true,
}
/** The loopback interface is the first of every network namespace. */
const LOOPBACK = 1
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

/** A thread that reads a ring over a socket, and looks at every octet, until it is ended. */
async function readInThread(socket) {
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    const ring = require(workerData.addon)
    const opened = ring.open(workerData.socket, ${LOOPBACK}, workerData.options)
    const bytes = new Uint8Array(opened.memory)
    function look() {
      for (let block = ring.next(opened); block >= 0; block = ring.next(opened)) {
        bytes.subarray(block << 18, (block + 1) << 18).reduce((sum, octet) => sum + octet, 0)
        ring.release(opened)
      }
      ring.arm(opened, look)
    }
    look()
    parentPort.on('message', () => undefined)
    parentPort.postMessage('open')`
  const thread = new Worker(code, { eval: true, workerData: { addon: join(folder, 'ring.node'), socket, options } })
  await once(thread, 'message')
  return thread
}

const socket = ring.openSocket(false)
for (let lap = 0; lap < 20; lap++) {
  const opened = ring.open(socket, LOOPBACK, options)
  expectThrow('a second ring over one socket', () => ring.open(socket, LOOPBACK, options))
  ring.close(opened)
}
const opened = ring.open(socket, LOOPBACK, options)
await send()
if (readAll(opened) < PACKETS) throw new Error('packets are missing')
const counts = new Uint32Array(3)
ring.statistics(socket, counts)
if (counts[0] < PACKETS || counts[1] !== 0) throw new Error('packets are not counted')
const woken = new Promise((resolve) => ring.arm(opened, resolve))
await send()
await woken
ring.arm(opened, () => undefined)
ring.arm(opened, () => undefined)
ring.setFilter(opened, keep(0))
for (readAll(opened); ring.pending(opened) > 0; readAll(opened)) await delay(1)
expectThrow('a filter that is none', () => ring.setFilter(opened, Uint8Array.of(1, 2, 3)))
expectThrow('no filter', () => ring.setFilter(opened, 'tcp'))
if (ring.isReady(opened, 0) || ring.isReady(opened, 2 ** 32 - 1) || ring.isReady(opened, 'x'))
  throw new Error('a block too many')
const stale = new Uint8Array(opened.memory)
ring.close(opened)
ring.close(opened)
if (stale.length !== 0 || ring.next(opened) !== -1 || ring.pending(opened) !== 0 || ring.arm(opened, () => undefined))
  throw new Error('a closed ring is in use')
ring.release(opened)
expectThrow('an unknown interface', () => ring.open(socket, 9999, options))
expectThrow('an impossible ring', () => ring.open(socket, LOOPBACK, { ...options, blockSize: 3 }))
expectThrow('no ring at all', () => ring.next({}))
expectThrow('no arguments', () => ring.open())
expectThrow('no counts', () => ring.statistics(socket, new Float64Array(3)))
expectThrow('every interface', () => ring.open(socket, 0, options))
ring.closeSocket(socket)
for (let left = 0; left < 5; left++) ring.open(ring.openSocket(true), LOOPBACK, options)
globalThis.gc()
await delay(50)
globalThis.gc()
const shared = [ring.openSocket(false), ring.openSocket(false)]
const threads = await Promise.all(shared.map((each) => readInThread(each)))
const group = ring.joinFanout(shared[0], -1)
if (ring.joinFanout(shared[1], group) !== group) throw new Error('two groups')
expectThrow('a second group of one socket', () => ring.joinFanout(shared[0], -1))
expectThrow('a group without an interface', () => ring.joinFanout(0, -1))
await send()
await Promise.all(threads.map((thread) => thread.terminate()))
let passed = 0
for (const each of shared) {
  ring.statistics(each, counts)
  passed += counts[0]
  ring.closeSocket(each)
}
if (passed < PACKETS) throw new Error('a group lost packets')
const news = links.open()
if (links.dump().length === 0 || links.take(news)) throw new Error('links are not told')
links.arm(news, () => undefined)
links.close(news)
links.close(news)
if (links.take(news) || links.arm(news, () => undefined)) throw new Error('closed links are in use')
links.arm(links.open(), () => undefined)
expectThrow('no links at all', () => links.take({}))
filter.compile('tcp port 80', 1)
if (filter.compile('ip', 1)) expectThrow('no filter', () => filter.compile('tcp prot', 1))
expectThrow('no expression', () => filter.compile(1, 1))
own.releaseMemory()
own.preferHugePages(new ArrayBuffer(8 << 20), 2 << 20)
for (const from of [8 << 20, 1e15])
  if (own.preferHugePages(new ArrayBuffer(8 << 20), from)) throw new Error('pages behind the end')
expectThrow('no buffer', () => own.preferHugePages({}, 0))
expectThrow('before the buffer', () => own.preferHugePages(new ArrayBuffer(8), -1))
own.keepOpen(0)
expectThrow('no descriptor', () => own.keepOpen(9999))
if (own.landlockVersion() > 0) {
  expectThrow('no paths', () => own.restrictFiles())
  own.restrictFiles(['/', '/is/not/there', 1], [])
}
own.confine()
process.stdout.write('every step taken\n')
