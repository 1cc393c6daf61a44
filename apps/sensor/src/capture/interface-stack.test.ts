import { expect, test } from 'vitest'
import { planMetering } from './interface-stack.ts'
import type { LinkRelation } from './link-relation.ts'

let nextIndex = 1
const link = (name: string, kind = '', ties: Partial<LinkRelation> = {}): LinkRelation => ({
  index: nextIndex++,
  name,
  kind,
  master: 0,
  link: 0,
  vlanId: 0,
  ...ties,
})

function plan(links: LinkRelation[], left: string[] = []): Record<string, unknown> {
  const captured = new Set(links.map(({ name }) => name).filter((name) => !left.includes(name)))
  const { meteredBy, vlansElsewhere, vlanOf } = planMetering(links, captured)
  return {
    ...Object.fromEntries(meteredBy),
    ...Object.fromEntries([...vlansElsewhere].map(([name, ids]) => [`${name} without`, ids])),
    ...Object.fromEntries([...vlanOf].map(([name, id]) => [`${name} is`, id])),
  }
}

test('members go by their bond, the bond by its bridge, unless that is not captured', () => {
  const bridge = link('br0', 'bridge')
  const bond = link('bond0', 'bond', { master: bridge.index })
  const links = [bridge, bond, link('eth0', '', { master: bond.index }), link('eth1', '', { master: bond.index })]
  expect(plan(links)).toEqual({ bond0: 'br0', eth0: 'br0', eth1: 'br0' })
  expect(plan(links, ['br0'])).toEqual({ eth0: 'bond0', eth1: 'bond0' })
  expect(plan(links, ['br0', 'bond0'])).toEqual({})
})

test('a VLAN is metered at its interface, above a bond and below a bridge as well, and left out below', () => {
  const bond = link('bond0', 'bond')
  const bridge = link('br0', 'bridge')
  const vlan = link('bond0.5', 'vlan', { link: bond.index, vlanId: 5 })
  const inner = link('bond0.5.7', 'vlan', { link: vlan.index, vlanId: 7 })
  const bridged = link('bond0.6', 'vlan', { link: bond.index, vlanId: 6, master: bridge.index })
  const links = [bond, bridge, vlan, inner, link('eth0', '', { master: bond.index })]
  expect(plan(links)).toEqual({
    eth0: 'bond0',
    'bond0 without': [5],
    'bond0.5 without': [7],
    'bond0.5 is': 5,
    'bond0.5.7 is': 5,
  })
  expect(plan([bond, bridge, bridged])).toEqual({ 'bond0.6': 'br0', 'bond0 without': [6], 'bond0.6 is': 6 })
  expect(plan([bond, bridge, bridged], ['br0'])).toEqual({ 'bond0 without': [6], 'bond0.6 is': 6 })
})

test('what shares an interface goes by it; tunnels and routers of their own kind do not', () => {
  const eth = link('eth0')
  expect(plan([eth, link('mv0', 'macvlan', { link: eth.index }), link('ipv0', 'ipvlan', { link: eth.index })])).toEqual(
    {
      mv0: 'eth0',
      ipv0: 'eth0',
    },
  )
  const router = link('vrf0', 'vrf')
  const apart = [
    link('vx0', 'vxlan', { link: eth.index }),
    link('gre0', 'gre', { link: eth.index }),
    link('tun0', 'tun'),
  ]
  expect(plan([eth, router, ...apart, link('eth1', '', { master: router.index })])).toEqual({})
})

test('of a wire with both ends here one end is metered: that of a bridge, with the VLANs over either', () => {
  const bridge = link('br0', 'bridge')
  const far = link('far0', 'veth', { link: nextIndex + 1 })
  const near = link('near0', 'veth', { link: far.index })
  expect(plan([far, near])).toEqual({ far0: 'near0' })
  expect(plan([far, near], ['near0'])).toEqual({})
  expect(plan([bridge, { ...far, master: bridge.index }, near])).toEqual({ far0: 'br0', near0: 'br0' })
  const tagged = link('far0.5', 'vlan', { link: far.index, vlanId: 5 })
  expect(plan([far, near, tagged])).toEqual({ far0: 'near0', 'far0.5': 'near0', 'far0.5 is': 5 })
  const twin = link('near0.5', 'vlan', { link: near.index, vlanId: 5 })
  expect(plan([far, near, tagged, twin])).toMatchObject({ 'far0.5': 'near0.5', 'near0 without': [5] })
})

test('a ring of interfaces, which no kernel builds, ends', () => {
  const one = link('mv0', 'macvlan', { link: nextIndex + 1 })
  expect(() => plan([one, link('mv1', 'macvlan', { link: one.index })])).not.toThrow()
})
