import type { AddressNames } from './address-names.ts'
import type { Recogniser } from './recogniser.ts'

/** Those of one transport, in the order they are asked: the surest structure first. */
export function recognisersFor(transport: 'tcp' | 'udp', _names: AddressNames): Recogniser[] {
  const all: Recogniser[] = []
  return all.filter((recogniser) => recogniser.transport === transport || recogniser.transport === 'both')
}
