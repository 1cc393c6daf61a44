import { closeSync, openSync, writeSync } from 'node:fs'

export interface GeneratedCapture {
  path: string
  packets: number
  flows: number
  /** Frame lengths in octets, equally often; 64, 64, 576 and 1500 by default. */
  lengths?: readonly number[]
}

const BUFFER = 8 << 20
const PORTS = [443, 80, 53, 22, 8080, 3306]
const MIXED_LENGTHS = [64, 64, 576, 1500]
const FILE_HEADER = [0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1]

/**
 * Writes a pcap of TCP and UDP over Ethernet: lengths 64, 576 and 1500 at 50, 25 and 25 %, 40 % in the reverse direction,
 * a packet every 2 us, some flows far busier than others. The same every time.
 */
export function generateCapture({ path, packets, flows, lengths = MIXED_LENGTHS }: GeneratedCapture): void {
  const buffer = Buffer.alloc(BUFFER)
  const file = openSync(path, 'w')
  const random = makeRandom(12_345)
  let end = 0
  for (const value of FILE_HEADER) end = buffer.writeUInt32LE(value, end)
  for (let i = 0; i < packets; i++) {
    const length = lengths[Math.floor(random() * lengths.length)]
    if (end + 16 + length > BUFFER) {
      writeSync(file, buffer, 0, end)
      end = 0
    }
    const timeUs = 1_700_000_000_000_000 + i * 2
    end = buffer.writeUInt32LE(Math.floor(timeUs / 1e6), end)
    end = buffer.writeUInt32LE(timeUs % 1e6, end)
    end = buffer.writeUInt32LE(length, end)
    end = buffer.writeUInt32LE(length, end)
    writeFrame(buffer.subarray(end, end + length), Math.floor(random() ** 2 * flows), random() < 0.4, i)
    end += length
  }
  writeSync(file, buffer, 0, end)
  closeSync(file)
}

function writeFrame(frame: Buffer, flow: number, isReverse: boolean, sequence: number): void {
  frame.fill(0)
  const isUdp = flow % 6 === 2
  const client = 0x0a00_0001 + (flow % 60_000)
  const server = 0xc0a8_0001 + (flow % 3_001)
  const clientPort = 1024 + ((flow * 13) % 60_000)
  const serverPort = PORTS[flow % 6]
  frame[0] = 2
  frame[6] = 2
  frame.writeUInt16BE(0x0800, 12)
  frame[14] = 0x45
  frame.writeUInt16BE(frame.length - 14, 16)
  frame[22] = 64
  frame[23] = isUdp ? 17 : 6
  frame.writeUInt32BE(isReverse ? server : client, 26)
  frame.writeUInt32BE(isReverse ? client : server, 30)
  frame.writeUInt16BE(isReverse ? serverPort : clientPort, 34)
  frame.writeUInt16BE(isReverse ? clientPort : serverPort, 36)
  if (isUdp) frame.writeUInt16BE(frame.length - 34, 38)
  else {
    frame.writeUInt32BE(sequence, 38)
    frame[46] = 0x50
    frame[47] = 0x10
  }
}

/** xorshift32, 0 to 1. */
function makeRandom(seed: number): () => number {
  let state = seed
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 0x1_0000_0000
  }
}
