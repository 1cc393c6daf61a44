import { hasText } from '../byte-text.ts'
import { message } from './message.ts'

/** WhatsApp's chat: "WA", then its version (major 4 to 8, dictionary); an edge routing block "ED 00 01" may come before. */
export const whatsapp = message(
  { name: 'whatsapp', transport: 'tcp', ports: [5222], firstOctets: [0x45, 0x57] },
  (head) => {
    const { bytes, start, end, forward } = head
    if (!forward || end - start < 4) return false
    if (hasText(bytes, start, end, 'WA')) return bytes[start + 2] >= 1 && bytes[start + 2] <= 9 && bytes[start + 3] <= 9
    return hasText(bytes, start, end, 'ED') && bytes[start + 2] === 0 && bytes[start + 3] === 1
  },
)
