import { define, type FeatureDefinition } from './feature-definition.ts'

const noHello = 'no TLS, DTLS or QUIC hello was read'
const noSni = 'no server name indication (RFC 6066)'
const notDns = 'not DNS'

/** The shape of handshakes and look-ups: counts, versions, lengths and entropy; which server it was is not told. */
export const handshakeFeatures: readonly FeatureDefinition[] = [
  define('flow_quic_present_flag', 'flag', 'the hello came over QUIC (RFC 9001)', '0 or 1', noHello),
  define('forward_tls_offered_version', 'version', 'highest version of TLS the client offered', '0.2 to 1.3', noHello),
  define('reverse_tls_chosen_version', 'version', 'version the server chose', '0.2 to 1.3', 'no server hello was read'),
  define(
    'forward_cipher_offered_count',
    'count',
    'cipher suites offered, without GREASE (RFC 8701)',
    '0 to 99',
    noHello,
  ),
  define('forward_extension_offered_count', 'count', 'extensions of the hello, without GREASE', '0 to 99', noHello),
  define('forward_alpn_offered_flag', 'flag', 'an application protocol was offered (RFC 7301)', '0 or 1', noHello),
  define(
    'forward_ech_offered_flag',
    'flag',
    'an encrypted hello was offered (RFC 9849), GREASE included',
    '0 or 1',
    noHello,
  ),
  define('forward_sni_length_octets', 'octets', 'length of the indicated server', '1 to 255', noSni),
  define('forward_sni_entropy_bits', 'bits', 'entropy a character of the indicated server', '0 to 8', noSni),
  define(
    'reverse_certificate_validity_days',
    'days',
    'how long the certificate is valid in all',
    '0 and up',
    'not visible',
  ),
  define('forward_question_total_count', 'count', 'DNS questions seen', '0 and up', notDns),
  define('reverse_answer_total_count', 'count', 'DNS answers seen', '0 and up', notDns),
  define('forward_question_length_octets', 'octets', 'length of what is asked for first', '1 to 253', notDns),
  define('forward_question_entropy_bits', 'bits', 'entropy a character of what is asked for first', '0 to 8', notDns),
  define('forward_question_labels_count', 'count', 'labels of what is asked for first', '1 to 127', notDns),
  define('reverse_answer_failure_flag', 'flag', 'the answer was an error (RFC 1035 RCODE)', '0 or 1', 'no DNS answer'),
].map((feature) => ({ ...feature, tier: 'handshake' as const }))

export const HANDSHAKE_COUNT = handshakeFeatures.length
