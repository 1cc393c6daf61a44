/**
 * Colour tokens as a canvas can use them. The tokens are light-dark() pairs, which only the style system resolves, so they
 * are read back from an element that wears them.
 */
export function themeColors(host: HTMLElement): (token: string) => string {
  const known = new Map<string, string>()
  return (token) => {
    const found = known.get(token)
    if (found) return found
    const probe = document.createElement('span')
    probe.style.color = `var(${token})`
    host.append(probe)
    const color = getComputedStyle(probe).color
    probe.remove()
    known.set(token, color)
    return color
  }
}
