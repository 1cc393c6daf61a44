import { closeSync, openSync, readSync, statSync } from 'node:fs'
import { StartError } from './start-error.ts'

/** First four octets of the capture formats: pcap in either byte order with micro- or nanoseconds, pcapng. */
const MAGIC = new Set(['a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', '0a0d0d0a'])

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
    const head = Buffer.alloc(4)
    const length = readSync(descriptor, head, 0, 4, 0)
    closeSync(descriptor)
    if (length === 0) return 'the file is empty'
    return MAGIC.has(head.toString('hex', 0, length)) ? undefined : 'neither a pcap nor a pcapng file'
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return 'no such file'
    return code === 'EACCES' ? 'may not be read by this user' : message
  }
}
