import { isIP } from 'node:net'
import type { Flow } from '@picket/proto'
import { formatAddress } from '../flow/format-address.ts'
import type { Observation } from '../observation.ts'

/** Longer than a probe's flow can last: its timeout and the flow table's longest idle timeout for so few packets. */
const REMEMBER_US = 300e6
/** Sixteen configured targets, three probes each, every ten seconds: this many ports are known at the same time. */
const MAX_PORTS = 4096
/** A connection that is closed at once has at most about ten packets, resent ones included. */
const MAX_PACKETS = 16
/** Above what Linux gives to connections by itself (ip_local_port_range ends at 60999): a reserved port is hardly ever taken. */
const FIRST_PORT = 61_000
const TCP = 6

/** Local ports of the sensor's own probes, each remembered with what it was used for and when. */
export class OwnProbes {
  readonly #ports = new Map<number, { address: string | undefined; targetPort: number; atUs: number }>()
  readonly #random: () => number
  readonly #nowUs: () => number
  #packetsOwed = 0

  constructor(random: () => number, nowUs: () => number) {
    this.#random = random
    this.#nowUs = nowUs
  }

  /**
   * A local port for one probe, so that capture can tell the probe from the host's own traffic. Of a target given by name any
   * address will do.
   */
  reserve(host: string, targetPort: number): number {
    const port = FIRST_PORT + Math.floor(this.#random() * (65_536 - FIRST_PORT))
    this.#ports.delete(port)
    this.#ports.set(port, { address: isIP(host) ? host : undefined, targetPort, atUs: this.#nowUs() })
    if (this.#ports.size > MAX_PORTS) this.#ports.delete(this.#ports.keys().next().value!)
    return port
  }

  /**
   * The observation without the sensor's own probes. As the uplink's, their packets do not count as read; those that were
   * counted in earlier observations are taken from this one and the next ones.
   */
  leaveOut(observation: Observation): Observation {
    if (this.#ports.size === 0) return observation
    const own = observation.flows.filter((flow) => this.#isProbe(flow))
    this.#packetsOwed += own.reduce((sum, flow) => sum + packetsOf(flow), 0)
    const taken = Math.min(this.#packetsOwed, observation.packetsRead)
    this.#packetsOwed -= taken
    const flows = own.length === 0 ? observation.flows : observation.flows.filter((flow) => !own.includes(flow))
    return { ...observation, flows, packetsRead: observation.packetsRead - taken }
  }

  #isProbe(flow: Flow): boolean {
    const probe = flow.protocol === TCP ? this.#ports.get(flow.sourcePort) : undefined
    if (probe === undefined || probe.targetPort !== flow.destinationPort) return false
    if (probe.address !== undefined && probe.address !== formatAddress(flow.destinationAddress)) return false
    return packetsOf(flow) <= MAX_PACKETS && Math.abs(flow.startUs - probe.atUs) < REMEMBER_US
  }
}

const packetsOf = ({ forward, reverse }: Flow): number => (forward?.packets ?? 0) + (reverse?.packets ?? 0)
