import type { PacketFilter } from './packet-filter.ts'

/** What an operator sets for the capture of interfaces. */
export interface CaptureSettings {
  /** Octets kept of a packet; 4,096 by default. */
  snapLength?: number
  /** See packets for other hosts too. */
  promiscuous?: boolean
  /** What is let through; the rest was asked away and is no gap. */
  filter?: PacketFilter
  /** Rings of an interface by its name, each read by a thread of its own; one, read by the main thread, where it is not named. */
  fanout?: ReadonlyMap<string, number>
}
