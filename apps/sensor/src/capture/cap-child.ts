import { writeSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Socket } from 'node:net'
import { CAP_DROPS, CAP_HEAD, CAP_SNAP } from './cap-wire-format.ts'
import { LinkType } from './link-type.ts'

/*
 * The process that holds libpcap for one interface, started by CapSource. `cap` calls back for each packet and does not
 * return to the event loop while packets keep coming, so everything happens in that call: the frame goes into a buffer,
 * the buffer goes to the parent by a write that does not wait. When the parent is behind and the buffer is full, the frame
 * is dropped and counted. It ends when the parent goes.
 */
const OUT = 3
const BUFFER = 8 << 20
const FLUSH_AT = 1 << 16
const FLUSH_MS = 20
const KERNEL_BUFFER = 8 << 20

interface Cap {
  open(device: string, filter: string, bufferSize: number, buffer: Buffer): string
  on(event: 'packet', listener: (length: number, isCut: boolean) => void): void
}

const LINK_TYPES: Record<string, number> = {
  ETHERNET: LinkType.ETHERNET,
  NULL: LinkType.NULL,
  RAW: LinkType.RAW,
  LINKTYPE_LINUX_SLL: LinkType.LINUX_COOKED,
}

const buffer = Buffer.alloc(BUFFER)
let start = 0
let end = 0
let drops = 0
let flushedAt = performance.now()

function flush(): void {
  flushedAt = performance.now()
  if (drops > 0 && end + CAP_HEAD <= BUFFER) {
    buffer.writeUInt32LE(CAP_DROPS, end)
    buffer.writeUInt32LE(drops, end + 4)
    end += CAP_HEAD
    drops = 0
  }
  while (start < end) {
    try {
      start += writeSync(OUT, buffer, start, end - start)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'EAGAIN') return
      process.exit(0)
    }
  }
  start = 0
  end = 0
}

function keep(frame: Buffer, length: number, { linkType, isCut }: { linkType: number; isCut: boolean }): void {
  if (end + CAP_HEAD + length > BUFFER) {
    flush()
    if (start > 0) {
      buffer.copyWithin(0, start, end)
      end -= start
      start = 0
    }
    if (end + 2 * CAP_HEAD + length > BUFFER) {
      drops++
      return
    }
  }
  buffer.writeUInt32LE(length, end)
  buffer.writeUInt32LE(length, end + 4)
  buffer.writeDoubleLE(Math.floor((performance.timeOrigin + performance.now()) * 1000), end + 8)
  buffer.writeUInt32LE(linkType, end + 16)
  buffer.writeUInt32LE(isCut ? 1 : 0, end + 20)
  frame.copy(buffer, end + CAP_HEAD, 0, length)
  end += CAP_HEAD + length
  if (end - start >= FLUSH_AT || performance.now() - flushedAt >= FLUSH_MS) flush()
}

function main(device: string, filter: string, snapLength: number): void {
  // Opening the descriptor as a socket makes its writes return at once.
  const parent = new Socket({ fd: OUT, readable: true, writable: true })
  parent.on('end', () => process.exit(0))
  parent.on('error', () => process.exit(0))
  parent.resume()
  // Kept referenced for good: the addon writes into its memory without holding it.
  const frame = Buffer.alloc(snapLength)
  const { Cap } = createRequire(import.meta.url)('cap') as { Cap: new () => Cap }
  const cap = new Cap()
  const name = cap.open(device, filter, KERNEL_BUFFER, frame)
  const linkType = (LINK_TYPES[name] ?? -1) >>> 0
  cap.on('packet', (length, isCut) => keep(frame, length, { linkType, isCut }))
  setInterval(flush, FLUSH_MS)
  process.send?.({ opened: true })
}

try {
  const [device, filter, snapLength] = process.argv.slice(2)
  main(device, filter, Number(snapLength) || CAP_SNAP)
} catch (error) {
  process.send?.({ opened: false, reason: error instanceof Error ? error.message : String(error) }, () =>
    process.exit(1),
  )
}
