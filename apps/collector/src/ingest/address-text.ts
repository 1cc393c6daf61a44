/** Text of an IP address of 4 or 16 octets, IPv6 by RFC 5952; empty for anything else. */
export function addressText(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join('.')
  if (octets.length !== 16) return ''
  const groups = Array.from({ length: 8 }, (_, index) => (octets[index * 2] << 8) | octets[index * 2 + 1])
  const zeros = longestZeroRun(groups)
  const text = (from: number, to: number) =>
    groups
      .slice(from, to)
      .map((group) => group.toString(16))
      .join(':')
  return zeros.length < 2 ? text(0, 8) : `${text(0, zeros.start)}::${text(zeros.start + zeros.length, 8)}`
}

/** The first longest run of zero groups (RFC 5952, 4.2.3). */
function longestZeroRun(groups: readonly number[]): { start: number; length: number } {
  let best = { start: 0, length: 0 }
  let start = 0
  for (let index = 0; index <= groups.length; index += 1) {
    if (groups[index] === 0) continue
    if (index - start > best.length) best = { start, length: index - start }
    start = index + 1
  }
  return best
}

/** Text of a MAC address; null without one. */
export function macText(octets: Uint8Array): string | null {
  return octets.length === 6 ? Array.from(octets, (octet) => octet.toString(16).padStart(2, '0')).join(':') : null
}
