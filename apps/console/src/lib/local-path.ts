/** A path of this console to go to after sign-in; anything that could lead elsewhere (//host, https:, \host) becomes "/". */
export function localPath(text: string | null): string {
  if (!text || !/^\/(?![/\\])/.test(text)) return '/'
  const url = new URL(text, 'http://console.invalid')
  return url.host === 'console.invalid' ? url.pathname + url.search : '/'
}
