import type { Flow } from '@picket/proto'

/**
 * Suricata's name of a field -> what the sensor says of a flow; empty where it says nothing, several values where
 * each of its messages has one.
 */
export const SURICATA_FIELDS: Readonly<Record<string, (flow: Flow) => string | readonly string[]>> = {
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
  'dns.rrname': questionNames,
  'dns.queries.rrname': questionNames,
  'dns.query.rrname': questionNames,
  'dns.rrtype': questionTypes,
  'dns.queries.rrtype': questionTypes,
  'dns.query.rrtype': questionTypes,
  'dns.rcode': ({ dns }) => (dns ? [dns.responseCode, ...dns.later.map((it) => it.responseCode)] : ''),
  'dns.answers.rrname': ({ dns }) => dns?.records.map(({ name }) => name) ?? '',
  'dns.answers.rrtype': ({ dns }) => dns?.records.map(({ type }) => type) ?? '',
  'dns.answers.rdata': ({ dns }) => dns?.records.map(({ data }) => data) ?? '',
  'dns.answers.ttl': ({ dns }) => dns?.records.map(({ ttl }) => String(ttl)) ?? '',
  'dns.grouped.A': answersOf('A'),
  'dns.grouped.AAAA': answersOf('AAAA'),
  'dns.grouped.CNAME': answersOf('CNAME'),
  'dns.grouped.NS': answersOf('NS'),
  'http.hostname': ({ http }) => (http ? [http.host, ...http.later.map(({ host }) => host)] : ''),
  'http.http_method': ({ http }) => (http ? [http.method, ...http.later.map(({ method }) => method)] : ''),
  'http.status': statuses,
  'http.http_user_agent': ({ http }) => http?.userAgent ?? '',
  'http.http_content_type': (flow) => [
    field('http.response.mime_type')(flow),
    ...(flow.http?.later ?? []).map(({ mimeType }) => mimeType),
  ],
  'http.url': (flow) => [field('url.path')(flow), ...(flow.http?.later ?? []).map(({ path }) => path)],
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

function questionNames({ dns }: Flow): string[] {
  return dns ? [dns.questionName, ...dns.later.map(({ name }) => name)] : []
}

function questionTypes({ dns }: Flow): string[] {
  return dns ? [dns.questionType, ...dns.later.map(({ type }) => type)] : []
}

function answersOf(wanted: string): (flow: Flow) => string[] {
  return ({ dns }) => (dns?.records ?? []).filter(({ type }) => type === wanted).map(({ data }) => data)
}

function statuses({ http }: Flow): string[] {
  return http ? [http.statusCode, ...http.later.map(({ statusCode }) => statusCode)].filter(Boolean).map(String) : []
}

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
