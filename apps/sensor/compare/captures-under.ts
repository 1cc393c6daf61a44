import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/** Capture files of a folder and the folders in it, in the order of their names. */
export function capturesUnder(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(pcap|pcapng|cap)$/.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
}
