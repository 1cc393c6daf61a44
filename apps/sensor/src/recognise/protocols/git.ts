import { findOctet, hasText, readText } from '../byte-text.ts'
import { message } from './message.ts'

const SERVICES = ['git-upload-pack ', 'git-receive-pack ', 'git-upload-archive ']

/** Git's own transport (gitprotocol-pack): four hexadecimal digits of length, service, path, 0, "host=", 0. */
export const git = message(
  { name: 'git', transport: 'tcp', ports: [9418], firstOctets: [0x30] },
  ({ bytes, start, end }, facts) => {
    if (!SERVICES.some((text) => hasText(bytes, start + 4, end, text))) return false
    const pathEnd = findOctet(bytes, start, end, 0)
    if (pathEnd < 0) return false
    facts.set('git.request', readText(bytes, start + 4, pathEnd))
    if (hasText(bytes, pathEnd + 1, end, 'host=')) {
      const nameEnd = findOctet(bytes, pathEnd + 6, end, 0)
      if (nameEnd > 0)
        facts.hostName = readText(bytes, pathEnd + 6, nameEnd)
          .split(':')[0]
          .toLowerCase()
    }
    return true
  },
)
