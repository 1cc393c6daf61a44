import { formatAddress } from '../src/flow/format-address.ts'

export interface ConversationEnds {
  protocol: number
  source: Uint8Array
  sourcePort: number
  destination: Uint8Array
  destinationPort: number
}

/** The same text for both directions of a conversation. Ports count for TCP, UDP and SCTP alone. */
export function conversationKey(ends: ConversationEnds): string {
  const hasPorts = ends.protocol === 6 || ends.protocol === 17 || ends.protocol === 132
  const one = `${formatAddress(ends.source)}#${hasPorts ? ends.sourcePort : 0}`
  const other = `${formatAddress(ends.destination)}#${hasPorts ? ends.destinationPort : 0}`
  return `${ends.protocol} ${one < other ? `${one} ${other}` : `${other} ${one}`}`
}
