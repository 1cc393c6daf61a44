import type { TlsFacts } from '@picket/proto'

const RANDOM_NAME = /^www\.[a-z2-7]{8,20}\.(com|net)$/
const MAX_CERTIFICATE_DAYS = 1_100

/**
 * Whether a TLS handshake has the shape of Tor's links (tor-spec section 2.1): the client names a random host "www.BASE32.com" and the
 * server shows a certificate with nothing but such a name, issued by another. By behaviour alone: told with its confidence.
 */
export function looksLikeTor(facts: TlsFacts): boolean {
  if (!RANDOM_NAME.test(facts.serverName)) return false
  const subject = /^CN=(www\.[a-z2-7]{8,20}\.(?:com|net))$/.exec(facts.certificateSubject)
  const issuer = /^CN=(www\.[a-z2-7]{8,20}\.(?:com|net))$/.exec(facts.certificateIssuer)
  if (!subject || !issuer || subject[1] === issuer[1]) return false
  const days = (facts.certificateNotAfter - facts.certificateNotBefore) / 86_400
  return days > 0 && days <= MAX_CERTIFICATE_DAYS
}
