import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { StartError } from './start-error.ts'

/** First four octets of a pcap file in either byte order, with micro- or nanoseconds; true where it is little-endian. */
const PCAP_MAGIC = new Map([
  ['a1b2c3d4', false],
  ['d4c3b2a1', true],
  ['a1b23c4d', false],
  ['4d3cb2a1', true],
])
const PCAPNG_MAGIC = '0a0d0d0a'
const PCAP_HEADER_OCTETS = 24
const PCAP_MAJOR_VERSION = 2
const PCAPNG_BYTE_ORDERS = new Set(['1a2b3c4d', '4d3c2b1a'])

/** Throws StartError unless the file can be read and begins like a capture. */
export function requireReplayFile(file: string): void {
  const fault = findFault(file)
  if (fault)
    throw new StartError(`--replay ${file}: ${fault}`, 'name a capture file in pcap or pcapng format that you can read')
}

function findFault(file: string): string | undefined {
  try {
    if (!statSync(file).isFile()) return 'not a file'
    const descriptor = openSync(file, 'r')
    const head = Buffer.alloc(PCAP_HEADER_OCTETS)
    const length = readSync(descriptor, head, 0, head.length, 0)
    closeSync(descriptor)
    return findFaultInHeader(head.subarray(0, length))
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return 'no such file'
    return code === 'EACCES' ? 'may not be read by this user' : message
  }
}

/** The file header of pcap (draft-ietf-opsawg-pcap, 4) or the section header of pcapng (draft-ietf-opsawg-pcapng, 4.1). */
function findFaultInHeader(head: Buffer): string | undefined {
  if (head.length === 0) return 'the file is empty'
  const magic = head.toString('hex', 0, 4)
  const isLittleEndian = PCAP_MAGIC.get(magic)
  if (isLittleEndian === undefined && magic !== PCAPNG_MAGIC) return 'neither a pcap nor a pcapng file'
  if (head.length < PCAP_HEADER_OCTETS) return `the file ends within its header, after ${head.length} octets`
  if (magic === PCAPNG_MAGIC)
    return PCAPNG_BYTE_ORDERS.has(head.toString('hex', 8, 12)) ? undefined : 'its pcapng section header is corrupt'
  const major = isLittleEndian ? head.readUInt16LE(4) : head.readUInt16BE(4)
  return major === PCAP_MAJOR_VERSION ? undefined : `its pcap header is corrupt (version ${major})`
}
