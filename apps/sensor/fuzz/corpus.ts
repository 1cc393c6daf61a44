import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileSource } from '../src/capture/file-source.ts'
import { sampleFrames } from './sample-frames.ts'
import { smallCaptures } from './small-captures.ts'

const FRAMES_A_CAPTURE = 300
/** Files are mutated from their start alone: the records after the first few are alike. */
const FILE_OCTETS = 1_500
const RECORDED = fileURLToPath(new URL('../../../test/cases', import.meta.url))

/** What a target's inputs are made from: frames, or for `pcap` whole files. */
export async function corpusOf(target: string): Promise<Uint8Array[]> {
  const captures = capturesOf(target)
  if (target === 'decode') return await framesOf(captures)
  if (target !== 'pcap') return [...(await framesOf(captures)), ...sampleFrames()]
  const files = captures.map((path) => new Uint8Array(readFileSync(path)).subarray(0, FILE_OCTETS))
  return [...files, ...smallCaptures(sampleFrames())]
}

/** Recorded captures of the project's own, and what fuzzing found before. */
function capturesOf(target: string): string[] {
  const recorded = readdirSync(RECORDED).map((name) => join(RECORDED, name, 'capture.pcap'))
  return [...recorded, ...foundCases(target)].filter((path) => existsSync(path))
}

/** Inputs that failed once, kept so that they do not again. */
export function foundCases(target: string): string[] {
  const folder = fileURLToPath(new URL(`./cases/${target}`, import.meta.url))
  return existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : []
}

/** The first frames of each capture. */
export async function framesOf(paths: readonly string[]): Promise<Uint8Array[]> {
  const frames: Uint8Array[] = []
  for (const path of paths) {
    const source = new FileSource({ path })
    await source.open()
    const collect = ({
      bytes,
      offset,
      capturedLength,
    }: {
      bytes: Uint8Array
      offset: number
      capturedLength: number
    }): void => {
      if (capturedLength > 0) frames.push(bytes.slice(offset, offset + capturedLength))
    }
    source.read(collect, FRAMES_A_CAPTURE)
    await source.close()
  }
  return frames
}
