import type { LinkRelation } from './link-relation.ts'

/** Masters that see every packet of their members that belongs to the host's conversations; a bridge when it is promiscuous. */
const MASTERS = new Set(['bridge', 'bond', 'team'])
/** Interfaces whose every packet passes the one they lie upon, without a tag that would tell it there. */
const SHARING = new Set(['macvlan', 'macvtap', 'ipvlan', 'ipvtap'])

/** Where the packets of interfaces are metered, so that each packet is in one flow of this host. */
export interface MeteringPlan {
  /** For interfaces that need no capture of their own: which one sees all of their packets. */
  readonly meteredBy: ReadonlyMap<string, string>
  /** VLANs that an interface leaves to their own interfaces, by its name. */
  readonly vlansElsewhere: ReadonlyMap<string, readonly number[]>
  /** The outermost VLAN of what an interface of a VLAN sees, by its name. */
  readonly vlanOf: ReadonlyMap<string, number>
}

/**
 * A packet passes several interfaces of a stack; it is metered at the highest one that sees all packets of the stack:
 *
 *     members of a bridge or bond    there, not at each member
 *     VLAN                           at its own interface or above; the one below leaves its frames out
 *     macvlan, ipvlan                at the interface below
 *     both ends of a virtual wire    at the one with the higher index, which was asked for by name
 *
 * `captured` are the names of interfaces that are up and to be captured: what is not captured meters nothing for others.
 * Tunnels and routing change headers or the time to live; what they carry is not the same packet.
 */
export function planMetering(relations: readonly LinkRelation[], captured: ReadonlySet<string>): MeteringPlan {
  const byIndex = new Map(relations.filter(({ name }) => captured.has(name)).map((link) => [link.index, link]))
  const stack = new Stack(byIndex)
  const meteredBy = new Map<string, string>()
  const vlansElsewhere = new Map<string, number[]>()
  const vlanOf = new Map<string, number>()
  for (const link of byIndex.values()) {
    const meter = stack.meterOf(link)
    if (meter !== link) meteredBy.set(link.name, meter.name)
    const below = byIndex.get(link.link)
    if (link.kind !== 'vlan') continue
    vlanOf.set(link.name, stack.outermostVlan(link))
    if (below && meter !== stack.meterOf(below))
      vlansElsewhere.set(below.name, [...(vlansElsewhere.get(below.name) ?? []), link.vlanId])
  }
  return { meteredBy, vlansElsewhere, vlanOf }
}

class Stack {
  readonly #byIndex: ReadonlyMap<number, LinkRelation>

  constructor(byIndex: ReadonlyMap<number, LinkRelation>) {
    this.#byIndex = byIndex
  }

  /** `depth` ends what a kernel would not build: a ring of interfaces. */
  meterOf(link: LinkRelation, depth = 0): LinkRelation {
    if (depth > 8) return link
    const above = this.#masterOf(link)
    if (above) return this.meterOf(above, depth + 1)
    const below = this.#byIndex.get(link.link)
    if (!below) return link
    if (SHARING.has(link.kind)) return this.meterOf(below, depth + 1)
    if (link.kind === 'veth') return this.#meterOfWire(link, below, depth)
    if (link.kind === 'vlan') return this.#meterOfVlan(link, below, depth)
    return link
  }

  outermostVlan(link: LinkRelation, depth = 0): number {
    const below = this.#byIndex.get(link.link)
    return below?.kind === 'vlan' && depth < 8 ? this.outermostVlan(below, depth + 1) : link.vlanId
  }

  #masterOf(link: LinkRelation): LinkRelation | undefined {
    const master = this.#byIndex.get(link.master)
    return master && MASTERS.has(master.kind) ? master : undefined
  }

  #meterOfWire(link: LinkRelation, peer: LinkRelation, depth: number): LinkRelation {
    if (peer.kind !== 'veth' || peer.link !== link.index) return link
    return this.#masterOf(peer) || peer.index > link.index ? this.meterOf(peer, depth + 1) : link
  }

  /** Frames over the end of a wire that is not metered are seen at the other, or at the interface of the same VLAN there. */
  #meterOfVlan(link: LinkRelation, below: LinkRelation, depth: number): LinkRelation {
    const meter = this.meterOf(below, depth + 1)
    if (below.kind !== 'veth' || meter === below || this.#masterOf(below)) return link
    const peer = this.#byIndex.get(below.link)
    const twin = [...this.#byIndex.values()].find(
      (other) => other.kind === 'vlan' && other.link === peer?.index && other.vlanId === link.vlanId,
    )
    return twin ?? meter
  }
}
