import { isIPv4, isIPv6 } from 'node:net'

/** Network-order octets, 4 or 16, of an address in text form; undefined where it is none. */
export function parseAddress(text: string): Uint8Array | undefined {
  if (isIPv4(text)) return Uint8Array.from(text.split('.'), Number)
  const bare = text.split('%')[0]
  if (!isIPv6(bare)) return undefined
  const embedded = /^(.*:)(\d+)\.(\d+)\.(\d+)\.(\d+)$/.exec(bare)
  const plain = embedded
    ? `${embedded[1]}${((Number(embedded[2]) << 8) | Number(embedded[3])).toString(16)}:${((Number(embedded[4]) << 8) | Number(embedded[5])).toString(16)}`
    : bare
  const [left, right] = plain.split('::')
  const head = groupsOf(left)
  const tail = right === undefined ? [] : groupsOf(right)
  const groups = right === undefined ? head : [...head, ...Array(8 - head.length - tail.length).fill(0), ...tail]
  return Uint8Array.from(groups.flatMap((group) => [group >> 8, group & 0xff]))
}

function groupsOf(text: string): number[] {
  return text === '' ? [] : text.split(':').map((group) => Number.parseInt(group, 16))
}
