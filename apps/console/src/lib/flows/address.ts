const IPV4 = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/

function isIpv6(text: string): boolean {
  if (!/^[0-9a-f:.]+$/i.test(text) || !text.includes(':')) return false
  try {
    // The URL parser knows every IPv6 form (RFC 4291), in the browser and on the server alike.
    return new URL(`http://[${text}]/`).hostname.length > 2
  } catch {
    return false
  }
}

/** An address or network in CIDR form, lower case; undefined when it is neither. */
export function parseAddress(value: string): string | undefined {
  const [address = '', prefix, ...rest] = value.trim().toLowerCase().split('/')
  const width = IPV4.test(address) ? 32 : isIpv6(address) ? 128 : undefined
  if (width === undefined || rest.length > 0) return undefined
  if (prefix === undefined) return address
  return /^\d{1,3}$/.test(prefix) && Number(prefix) <= width ? `${address}/${Number(prefix)}` : undefined
}
