import { containsText, hasAnyText, readLine } from '../byte-text.ts'
import { usesPort } from '../recogniser.ts'
import { message } from './message.ts'

const REQUESTS = ['M-SEARCH * HTTP/1.1', 'NOTIFY * HTTP/1.1']
const SEARCH_TARGETS = ['ST:', 'St:', 'st:']
const SCAN = 512

/** SSDP (UPnP device architecture section 1): HTTP over UDP; what answers a search comes to the searcher's own port. */
export const ssdp = message({ name: 'ssdp', ports: [1900], firstOctets: [0x48, 0x4d, 0x4e] }, (head, facts) => {
  const { bytes, start, end } = head
  if (hasAnyText(bytes, start, end, REQUESTS)) {
    facts.set('http.request.method', readLine(bytes, start, end).split(' ')[0])
    return true
  }
  if (!hasAnyText(bytes, start, end, ['HTTP/1.1 200 OK', 'HTTP/1.0 200 OK'])) return false
  const limit = Math.min(end, start + SCAN)
  return usesPort(head, 1900) || SEARCH_TARGETS.some((text) => containsText(bytes, start, limit, `\n${text}`))
})
