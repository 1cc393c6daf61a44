import { readText } from '../byte-text.ts'
import type { FlowFacts } from '../flow-facts.ts'
import { octets, usesPort } from '../recogniser.ts'
import { message } from './message.ts'

const URI_HOST = 3
const URI_PATH = 11
const PAYLOAD = 0xff

/**
 * CoAP (RFC 7252 section 3): version 1, type 2 bits, token length 4 bits (0 to 8), code class 3 and detail 5 bits, id 2, token,
 * then options to the end or to FF, which must fit.
 */
export const coap = message({ name: 'coap', ports: [5683], firstOctets: octets(0x40, 0x7f) }, (head, facts) => {
  const { bytes, start, end } = head
  const tokenLength = bytes[start] & 0x0f
  if (end - start < 4 + tokenLength || tokenLength > 8 || bytes[start] >> 6 !== 1) return false
  const codeClass = bytes[start + 1] >> 5
  const detail = bytes[start + 1] & 0x1f
  if (bytes[start + 1] === 0) return end - start === 4 && usesPort(head, 5683)
  const isRequest = codeClass === 0 && detail >= 1 && detail <= 7
  const isResponse = (codeClass === 2 && detail <= 31) || codeClass === 4 || codeClass === 5
  if ((!isRequest && !isResponse) || !readOptions(bytes, start + 4 + tokenLength, end, facts)) return false
  return usesPort(head, 5683) || (isRequest && facts.get('url.path') !== '')
})

/** Delta and length 4 bits each, 13 and 14 meaning one and two octets more (section 3.1). */
function readOptions(bytes: Uint8Array, from: number, end: number, facts: FlowFacts): boolean {
  let option = 0
  let path = ''
  let at = from
  let host = ''
  while (at < end && bytes[at] !== PAYLOAD) {
    const first = bytes[at++]
    let delta = first >> 4
    let length = first & 0x0f
    if (delta === 15 || length === 15) return false
    if (delta >= 13) {
      delta = delta === 13 ? bytes[at] + 13 : ((bytes[at] << 8) | bytes[at + 1]) + 269
      at += first >> 4 === 13 ? 1 : 2
    }
    if (length >= 13) {
      length = length === 13 ? bytes[at] + 13 : ((bytes[at] << 8) | bytes[at + 1]) + 269
      at += (first & 0x0f) === 13 ? 1 : 2
    }
    option += delta
    if (at + length > end || option > 2_100) return false
    if (option === URI_PATH) path += `/${readText(bytes, at, at + length)}`
    if (option === URI_HOST) host = readText(bytes, at, at + length).toLowerCase()
    at += length
  }
  if (path.includes('?')) return false
  facts.set('url.path', path)
  facts.hostName = host
  return true
}
