import { setTimeout as sleep } from 'node:timers/promises'
import { CapSource } from '../src/capture/cap-source.ts'
import { Exclusion } from '../src/capture/exclusion.ts'
import { FileSource } from '../src/capture/file-source.ts'
import { InterfaceMeter } from '../src/capture/interface-meter.ts'
import { listInterfaces } from '../src/capture/interfaces.ts'
import type { PacketSource } from '../src/capture/packet-source.ts'
import { ElasticRingSource } from '../src/capture/elastic-ring-source.ts'
import { RingAllowance } from '../src/capture/ring-allowance.ts'
import { ringBlocks } from '../src/capture/ring-size.ts'
import { formatAddress } from '../src/flow/format-address.ts'
import { AddressNames } from '../src/recognise/address-names.ts'

export interface MeteredSource {
  flows: string[]
  packets: number
  drops: number
  /** Packets of which only the head was kept. */
  snapped: number
  /** Whether every packet was seen within seconds of the present, as a live source must tell. */
  timesArePresent: boolean
}

/** `filter` and `snapLength` are of `cap` alone, the clock of `ring`. */
export function makeSource(
  kind: string,
  target: string,
  { nowMs, ...settings }: { filter?: string; snapLength?: number; nowMs?: () => number } = {},
): PacketSource & { isLarge?: boolean } {
  if (kind === 'file') return new FileSource({ path: target })
  if (kind === 'cap') return new CapSource({ name: target, ...settings })
  const index = listInterfaces().find(({ name }) => name === target)?.index ?? 0
  const link = { name: target, index, isEthernet: true, isLoopback: target === 'lo' }
  return new ElasticRingSource({ interface: link, blocks: ringBlocks(link, 1), allowance: new RingAllowance(1), nowMs })
}

/** Reads a source until it has given `count` packets or ended, and describes the flows it saw, times left out. */
export async function meterSource(source: PacketSource, count: number, onOpen: () => void): Promise<MeteredSource> {
  const timeouts = { idleTimeoutUs: 3e7, activeTimeoutUs: 6e7 }
  const meter = new InterfaceMeter({
    interfaceName: 'test0',
    ...timeouts,
    maxFlows: 1024,
    exclusion: new Exclusion(),
    names: new AddressNames(),
  })
  let timesArePresent = true
  await source.open()
  onOpen()
  const deadline = performance.now() + 10_000
  while (!source.ended && meter.packetsRead < count && performance.now() < deadline) {
    const read = source.read((frame) => {
      timesArePresent &&= Math.abs(frame.timeUs / 1000 - Date.now()) < 5_000
      meter.handle(frame)
    }, 7)
    if (read === 0) await sleep(5)
  }
  const drops = source.takeDrops()
  const snapped = source.takeSnapped?.().packets ?? 0
  await source.close()
  await source.close()
  if (source.read(() => undefined, 1) !== 0) throw new Error('a closed source gave a packet')
  while (meter.table.endSome(100));
  const flows = meter.takeFlows().map((flow) => {
    const { forward, reverse, vlanId, protocol, sourcePort, destinationPort, etherType, protocolName } = flow
    const ends = `${formatEnd(flow.sourceAddress, sourcePort)} > ${formatEnd(flow.destinationAddress, destinationPort)}`
    const counts = [forward, reverse].map((side) => `${side?.packets ?? 0}/${side?.octets ?? 0}`).join(' ')
    return `${etherType} ${protocol} ${vlanId ?? '-'} ${ends} ${counts} ${protocolName}`
  })
  return { flows: flows.sort(), packets: meter.packetsRead, drops, snapped, timesArePresent }
}

function formatEnd(address: Uint8Array, port: number): string {
  return `${address.length > 0 ? formatAddress(address) : '-'}:${port}`
}
