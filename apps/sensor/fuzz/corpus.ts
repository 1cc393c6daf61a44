import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { FileSource } from '../src/capture/file-source.ts'

const FRAMES_A_CAPTURE = 300
const RECORDED = fileURLToPath(new URL('../../../test/cases', import.meta.url))

/** Recorded captures of the project's own, and what fuzzing found before. */
export function capturesOf(target: string): string[] {
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
