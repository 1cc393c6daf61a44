import { basename, extname } from 'node:path'
import { CapturedInterface } from './captured-interface.ts'
import { FileSource } from './file-source.ts'
import type { InterfaceMeter } from './interface-meter.ts'
import type { InterfaceDescription } from './interfaces.ts'

/** A capture shows as one interface named for its file, without folder and extension. */
export function interfaceNameOf(path: string): string {
  return basename(path, extname(path))
}

/** Opens the files of a replay, each as an interface of its own; throws a CaptureError for the first unreadable one. */
export async function openReplay(
  replay: { files: string[]; speed: number },
  meterFor: (interfaceName: string) => InterfaceMeter,
): Promise<CapturedInterface[]> {
  const captured: CapturedInterface[] = []
  const nowUs = (): number => Date.now() * 1000
  for (const path of replay.files) {
    const source = new FileSource({ path, replay: { speed: replay.speed, nowUs } })
    await source.open()
    const name = distinctName(interfaceNameOf(path), captured)
    const description = replayDescription(name)
    captured.push(new CapturedInterface({ description, source, meter: meterFor(name), nowUs: nowUs() }))
  }
  return captured
}

/** Files of one name in different folders are different interfaces: the second is `name-2`. */
function distinctName(name: string, taken: readonly CapturedInterface[]): string {
  const isTaken = (candidate: string): boolean => taken.some(({ description }) => description.name === candidate)
  if (!isTaken(name)) return name
  let number = 2
  while (isTaken(`${name}-${number}`)) number++
  return `${name}-${number}`
}

function replayDescription(name: string): InterfaceDescription {
  return {
    name,
    index: 0,
    mac: new Uint8Array(0),
    addresses: [],
    speedBps: undefined,
    medium: 'replay',
    isUp: true,
    mtu: 0,
    isLoopback: false,
    isEthernet: false,
  }
}
