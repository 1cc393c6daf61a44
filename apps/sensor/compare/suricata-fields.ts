import type { Flow } from '@picket/proto'

/** Suricata's name of a field -> what the sensor says of a flow; where it says nothing the value is empty. */
export const SURICATA_FIELDS: Readonly<Record<string, (flow: Flow) => string>> = {
  'tls.sni': ({ tls }) => tls?.serverName ?? '',
  'tls.version': ({ tls }) => versionOf(tls?.version ?? ''),
  'tls.subject': ({ tls }) => tls?.certificateSubject ?? '',
  'tls.issuerdn': ({ tls }) => tls?.certificateIssuer ?? '',
  'tls.notbefore': ({ tls }) => timeOf(tls?.certificateNotBefore ?? 0),
  'tls.notafter': ({ tls }) => timeOf(tls?.certificateNotAfter ?? 0),
  'tls.ja3.hash': ({ tls }) => tls?.ja3 ?? '',
  'tls.ja3s.hash': ({ tls }) => tls?.ja3s ?? '',
  'tls.ja4': ({ tls }) => tls?.ja4 ?? '',
  'tls.client_alpns': ({ tls }) => tls?.alpn ?? '',
  'tls.server_alpns': ({ tls }) => tls?.serverAlpn ?? '',
  'dns.rrname': ({ dns }) => dns?.questionName ?? '',
  'dns.queries.rrname': ({ dns }) => dns?.questionName ?? '',
  'dns.query.rrname': ({ dns }) => dns?.questionName ?? '',
  'dns.rrtype': ({ dns }) => dns?.questionType ?? '',
  'dns.queries.rrtype': ({ dns }) => dns?.questionType ?? '',
  'dns.query.rrtype': ({ dns }) => dns?.questionType ?? '',
  'dns.rcode': ({ dns }) => dns?.responseCode ?? '',
  'http.hostname': ({ http }) => http?.host ?? '',
  'http.http_method': ({ http }) => http?.method ?? '',
  'http.status': ({ http }) => (http?.statusCode ? String(http.statusCode) : ''),
  'http.http_user_agent': ({ http }) => http?.userAgent ?? '',
  'http.http_content_type': field('http.response.mime_type'),
  'http.url': field('url.path'),
  'ssh.client.proto_version': field('ssh.client.protocol'),
  'ssh.client.software_version': field('ssh.client.software'),
  'ssh.client.hassh.hash': field('ssh.client.hassh'),
  'ssh.server.proto_version': field('ssh.server.protocol'),
  'ssh.server.software_version': field('ssh.server.software'),
  'ssh.server.hassh.hash': field('ssh.server.hassh'),
  'quic.sni': ({ tls }) => tls?.serverName ?? '',
  'quic.version': (flow) => quicVersion(field('quic.version')(flow)),
  'quic.ja3.hash': ({ tls }) => tls?.ja3 ?? '',
  'quic.ja4': ({ tls }) => tls?.ja4 ?? '',
  'smb.dialect': field('smb.dialect'),
  'smb.share': field('smb.share'),
  'smb.ntlmssp.domain': field('ntlm.domain'),
  'smb.ntlmssp.user': field('user.name'),
  'smb.ntlmssp.host': field('ntlm.host'),
  'mqtt.connect.client_id': field('mqtt.client_id'),
  'mqtt.connect.protocol_version': (flow) => MQTT_LEVELS[field('mqtt.version')(flow)] ?? '',
}

const MQTT_LEVELS: Record<string, string> = { '3.1': '3', '3.1.1': '4', '5.0': '5' }

function field(name: string): (flow: Flow) => string {
  return ({ protocolFields }) => protocolFields[name] ?? ''
}

/** As Suricata writes them. */
function versionOf(version: string): string {
  if (version === 'ssl3') return 'SSLv3'
  return /^\d/.test(version) ? `TLS ${version}`.replace('TLS 1.0', 'TLSv1') : ''
}

function timeOf(seconds: number): string {
  return seconds === 0 ? '' : new Date(seconds * 1000).toISOString().slice(0, 19)
}

function quicVersion(version: string): string {
  return version === '0x00000001' ? '1' : version
}
