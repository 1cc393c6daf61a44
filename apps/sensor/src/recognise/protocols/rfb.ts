import { hasText, readText } from '../byte-text.ts'
import { message } from './message.ts'

/** VNC's remote framebuffer (RFC 6143 section 7.1.1): "RFB 003.008\n" of either side. */
export const rfb = message({ name: 'rfb', transport: 'tcp', firstOctets: [0x52] }, ({ bytes, start, end }, facts) => {
  if (!hasText(bytes, start, end, 'RFB 00') || end - start < 12 || bytes[start + 11] !== 10) return false
  facts.set('rfb.version', readText(bytes, start + 4, start + 11))
  return true
})
