import type { Flow } from '@picket/proto'
import { Exclusion } from '../src/capture/exclusion.ts'
import { Frame } from '../src/capture/frame.ts'
import { InterfaceMeter } from '../src/capture/interface-meter.ts'
import { AddressNames } from '../src/recognise/address-names.ts'
import { ethernet, ipv4, tcp, type TcpFields } from './packets.ts'

export const T0 = 1_795_384_000_000_000
export const SECOND = 1_000_000
export const client = '192.0.2.10'
export const server = '192.0.2.80'

/** Meters frames one by one, in packet time from T0 on. */
export class MeteredWire {
  readonly meter: InterfaceMeter
  readonly flows: Flow[] = []
  #nowUs = T0

  constructor(options: { maxFlows?: number; exclude?: { address: string; port: number }[] } = {}) {
    this.meter = new InterfaceMeter({
      interfaceName: 'test0',
      idleTimeoutUs: 30 * SECOND,
      activeTimeoutUs: 60 * SECOND,
      maxFlows: options.maxFlows ?? 1024,
      exclusion: new Exclusion(options.exclude),
      names: new AddressNames(),
    })
  }

  frame(octets: Uint8Array, afterUs = 1000): this {
    const frame = new Frame()
    frame.bytes = octets
    frame.capturedLength = octets.length
    frame.wireLength = octets.length
    frame.timeUs = this.#nowUs += afterUs
    this.meter.handle(frame)
    this.flows.push(...this.meter.takeFlows())
    return this
  }

  /** A segment from client to server ("c") or back ("s"). */
  tcp(from: 'c' | 's', flags: string, options: Partial<TcpFields> & { afterUs?: number; ttl?: number } = {}): this {
    const { afterUs, ttl, ...fields } = options
    const ports = from === 'c' ? { from: 40_000, to: 8_443 } : { from: 8_443, to: 40_000 }
    const ends = from === 'c' ? { from: client, to: server, ttl } : { from: server, to: client, ttl }
    return this.frame(ethernet(ipv4(ends, tcp({ ...ports, flags, ...fields }))), afterUs)
  }

  end(): Flow[] {
    while (this.meter.table.endSome(16));
    this.flows.push(...this.meter.takeFlows())
    return this.flows
  }
}

export function packetsOf(flows: Flow[]): number {
  return flows.reduce((sum, { forward, reverse }) => sum + (forward?.packets ?? 0) + (reverse?.packets ?? 0), 0)
}
