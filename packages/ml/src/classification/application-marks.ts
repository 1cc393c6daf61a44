import type { Flow } from '@picket/proto'
import marks from './application-marks.json' with { type: 'json' }

const USER_AGENTS = Object.entries(marks.user_agent)
const CERTIFICATES = new Map(Object.entries(marks.certificate_name))

/**
 * The application that signs its work other than by a host name: by how its user agent begins, or by the common name of the
 * certificate its servers show. Empty where neither is known.
 */
export function applicationByMark({ http, tls }: Flow): string {
  if (http?.userAgent) {
    const agent = http.userAgent.toLowerCase()
    const known = USER_AGENTS.find(([start]) => agent.startsWith(start))
    if (known) return known[1]
  }
  const name = /(?:^|, )CN=([^,]+)/.exec(tls?.certificateSubject ?? '')
  return (name && CERTIFICATES.get(name[1])) ?? ''
}
