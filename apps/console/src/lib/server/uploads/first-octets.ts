import type { ImportFileType } from '../../models/import-file.ts'

/** First four octets of captures: pcap in both orders, with microseconds and nanoseconds; pcapng's section header. */
const CAPTURES = ['a1b2c3d4', 'd4c3b2a1', 'a1b23c4d', '4d3cb2a1', '0a0d0d0a']
const GZIP = '1f8b'
const EXAMINED = 4096

/** Whether a file begins as its name says: a capture or gzip by its signature, text by having no NUL. */
export function beginsAs(type: ImportFileType, octets: Uint8Array): boolean {
  const signature = Buffer.from(octets.subarray(0, 4)).toString('hex')
  if (type === 'capture') return CAPTURES.includes(signature)
  if (type === 'compressed-table') return signature.startsWith(GZIP)
  return octets.length > 0 && !octets.subarray(0, EXAMINED).includes(0)
}
