import type { AnomalyParts, DnsFacts, Flow, HttpFacts, TlsFacts, Tunnel } from '@picket/proto'
import type { ProtoWriter } from './proto-writer.ts'

/** Writes `picket.v1.TlsFacts` as a field. */
export function writeTls(to: ProtoWriter, field: number, tls: TlsFacts | undefined): void {
  if (tls === undefined) return
  const start = to.open(field)
  to.text(1, tls.serverName)
  to.text(2, tls.version)
  to.text(3, tls.alpn)
  to.text(4, tls.ja4)
  to.text(5, tls.ja3)
  to.text(6, tls.ja3s)
  to.text(7, tls.cipher)
  to.text(8, tls.serverAlpn)
  to.bool(9, tls.encryptedClientHello)
  to.text(10, tls.certificateSubject)
  to.text(11, tls.certificateIssuer)
  to.int64(12, tls.certificateNotBefore)
  to.int64(13, tls.certificateNotAfter)
  to.close(start)
}

/** Writes `picket.v1.DnsFacts` as a field. */
export function writeDns(to: ProtoWriter, field: number, dns: DnsFacts | undefined): void {
  if (dns === undefined) return
  const start = to.open(field)
  to.text(1, dns.questionName)
  to.text(2, dns.questionType)
  to.text(3, dns.responseCode)
  to.uint32(4, dns.questions)
  to.uint32(5, dns.answers)
  for (const question of dns.later) {
    const inner = to.open(6)
    to.text(1, question.name)
    to.text(2, question.type)
    to.text(3, question.responseCode)
    to.close(inner)
  }
  for (const record of dns.records) {
    const inner = to.open(7)
    to.text(1, record.name)
    to.text(2, record.type)
    to.text(3, record.data)
    to.uint32(4, record.ttl)
    to.close(inner)
  }
  to.close(start)
}

/** Writes `picket.v1.HttpFacts` as a field. */
export function writeHttp(to: ProtoWriter, field: number, http: HttpFacts | undefined): void {
  if (http === undefined) return
  const start = to.open(field)
  to.text(1, http.method)
  to.text(2, http.host)
  to.uint32(3, http.statusCode)
  to.text(4, http.userAgent)
  for (const request of http.later) {
    const inner = to.open(5)
    to.text(1, request.method)
    to.text(2, request.host)
    to.text(3, request.path)
    to.uint32(4, request.statusCode)
    to.text(5, request.mimeType)
    to.close(inner)
  }
  to.uint32(6, http.requests)
  to.close(start)
}

/** Writes `picket.v1.Tunnel` as a field. */
export function writeTunnel(to: ProtoWriter, field: number, tunnel: Tunnel | undefined): void {
  if (tunnel === undefined) return
  const start = to.open(field)
  to.uint32(1, tunnel.kind)
  to.uint32(2, tunnel.networkId)
  to.octets(3, tunnel.sourceAddress)
  to.octets(4, tunnel.destinationAddress)
  to.close(start)
}

/** Writes a map of texts: an entry each, in the order of the keys. */
export function writeFields(to: ProtoWriter, field: number, fields: Flow['protocolFields']): void {
  for (const [key, value] of Object.entries(fields)) {
    const start = to.open(field)
    to.text(1, key)
    to.text(2, value)
    to.close(start)
  }
}

/** Writes `picket.v1.AnomalyParts` as a field. */
export function writeParts(to: ProtoWriter, field: number, parts: AnomalyParts | undefined): void {
  if (parts === undefined) return
  const start = to.open(field)
  to.optionalFloat(1, parts.forest)
  to.optionalFloat(2, parts.autoencoder)
  to.optionalFloat(3, parts.context)
  to.close(start)
}
