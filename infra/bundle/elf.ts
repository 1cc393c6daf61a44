import { readFileSync } from 'node:fs'

/** e_machine of an ELF header, by Node's name of the architecture (System V ABI, processor supplements). */
const MACHINES: Record<string, number> = { x64: 62, arm64: 183 }

/** Throws unless a file is a 64-bit little-endian ELF file for an architecture. */
export function checkElf(file: string, arch: string): void {
  const head = readFileSync(file).subarray(0, 20)
  const isElf = head.toString('latin1', 1, 4) === 'ELF' && head[4] === 2 && head[5] === 1
  const machine = isElf ? head.readUInt16LE(18) : 0
  if (machine === 0 || machine !== MACHINES[arch]) throw new Error(`${file} is not for ${arch}`)
}
