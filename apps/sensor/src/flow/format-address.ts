/** Text form of 4 or 16 octets; IPv6 in the canonical form of RFC 5952, IPv4 inside it as section 5 has it. */
export function formatAddress(address: Uint8Array): string {
  if (address.length === 4) return `${address[0]}.${address[1]}.${address[2]}.${address[3]}`
  const groups: number[] = []
  for (let i = 0; i < 16; i += 2) groups.push((address[i] << 8) | address[i + 1])
  if (isMapped(groups)) return `::ffff:${address.subarray(12).join('.')}`
  const { start, length } = longestZeros(groups)
  const text = groups.map((group) => group.toString(16))
  if (length < 2) return text.join(':')
  return `${text.slice(0, start).join(':')}::${text.slice(start + length).join(':')}`
}

const HEX = Array.from({ length: 256 }, (_, octet) => octet.toString(16).padStart(2, '0').toUpperCase())

/** As ECS writes it: upper case hex with hyphens (RFC 7042). */
export function formatMac(mac: Uint8Array): string {
  let text = ''
  for (let i = 0; i < mac.length; i++) text += i === 0 ? HEX[mac[i]] : `-${HEX[mac[i]]}`
  return text
}

/** ::ffff:0:0/96, the one well-known prefix (RFC 4291 section 2.5.5.2). */
function isMapped(groups: number[]): boolean {
  return groups[5] === 0xffff && groups.slice(0, 5).every((group) => group === 0)
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
