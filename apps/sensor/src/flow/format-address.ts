/** Text form of 4 or 16 octets; IPv6 in the canonical form of RFC 5952. */
export function formatAddress(address: Uint8Array): string {
  if (address.length === 4) return address.join('.')
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push((address[i] << 8) | address[i + 1])
  const { start, length } = longestZeros(groups)
  const text = groups.map((group) => group.toString(16))
  if (length < 2) return text.join(':')
  return `${text.slice(0, start).join(':')}::${text.slice(start + length).join(':')}`
}

/** As ECS writes it: upper case hex with hyphens (RFC 7042). */
export function formatMac(mac: Uint8Array): string {
  return Array.from(mac, (octet) => octet.toString(16).padStart(2, '0').toUpperCase()).join('-')
}

function longestZeros(groups: number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  for (let i = 0; i < 8; i++) {
    let end = i
    while (end < 8 && groups[end] === 0) end++
    if (end - i > best.length) best = { start: i, length: end - i }
  }
  return best
}
