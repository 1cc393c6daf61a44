/** Headers on every answer of the application; the content security policy comes from vite.config.ts. */
export function securityHeaders(url: URL): [string, string][] {
  const headers: [string, string][] = [
    ['x-content-type-options', 'nosniff'],
    ['x-frame-options', 'DENY'],
    ['referrer-policy', 'same-origin'],
    ['cross-origin-opener-policy', 'same-origin'],
    ['cross-origin-resource-policy', 'same-origin'],
    ['permissions-policy', 'camera=(), microphone=(), geolocation=(), payment=(), usb=()'],
  ]
  if (url.protocol === 'https:') headers.push(['strict-transport-security', 'max-age=31536000'])
  return headers
}
