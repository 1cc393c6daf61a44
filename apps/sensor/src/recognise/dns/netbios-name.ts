const ENCODED = 32
const FIRST = 0x61
const LAST = 0x70
const SUFFIX_AT = 30

/**
 * A NetBIOS name out of its first-level encoding (RFC 1001 section 14.1): each of 16 octets as two letters a to p, the last octet
 * the kind of name, shown as "server<20>". Behind the first label a scope may follow, which stays. Text that is not encoded so is
 * given back as it is; `name` is in lower case.
 */
export function netbiosName(name: string): string {
  const label = name.slice(0, ENCODED)
  if (label.length < ENCODED || (name.length > ENCODED && name[ENCODED] !== '.')) return name
  let text = ''
  for (let at = 0; at < ENCODED; at += 2) {
    const high = label.charCodeAt(at)
    const low = label.charCodeAt(at + 1)
    if (high < FIRST || high > LAST || low < FIRST || low > LAST) return name
    const octet = ((high - FIRST) << 4) | (low - FIRST)
    if (at === SUFFIX_AT) return `${text.trimEnd()}<${octet.toString(16).padStart(2, '0')}>${name.slice(ENCODED)}`
    text += octet >= 0x20 && octet < 0x7f ? String.fromCharCode(octet).toLowerCase() : octet === 0 ? '' : '?'
  }
  return text
}
