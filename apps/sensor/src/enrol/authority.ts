import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import tls from 'node:tls'
import { formatHostPort, type HostPort } from '../config.ts'
import { sensorErrors } from '../errors.ts'

/** SHA-256 of a certificate's DER, base64url without padding: the form tokens carry. */
export function certificateFingerprint(der: Uint8Array): string {
  return createHash('sha256').update(der).digest('base64url')
}

/**
 * Reads the chain the collector shows and returns the authority with the token's fingerprint, PEM. Nothing is trusted
 * here but the fingerprint: the caller uses the authority as its only root for everything after.
 *
 * Fails, coded, when no certificate of the chain has the fingerprint or the leaf is not for this name; any other
 * error is one of the connection and may pass.
 */
export async function fetchAuthority(collector: HostPort, fingerprint: string, timeoutMs: number): Promise<string> {
  const leaf = await readChain(collector, timeoutMs)
  const where = formatHostPort(collector)
  const chain = walkChain(leaf)
  const authority = chain.find((certificate) => certificateFingerprint(certificate.raw) === fingerprint)
  if (!authority) {
    const last = chain.at(-1)
    throw sensorErrors.fingerprintMismatch(where, fingerprint, last ? certificateFingerprint(last.raw) : 'none')
  }
  const mismatch = tls.checkServerIdentity(collector.host, leaf)
  if (mismatch) throw sensorErrors.collectorName(where, mismatch.message)
  return toPem(authority.raw)
}

function readChain(collector: HostPort, timeoutMs: number): Promise<tls.DetailedPeerCertificate> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({
      host: collector.host,
      port: collector.port,
      ...(isIP(collector.host) ? {} : { servername: collector.host }),
      minVersion: 'TLSv1.3',
      ALPNProtocols: ['h2'],
      rejectUnauthorized: false,
      timeout: timeoutMs,
    })
    socket.once('timeout', () => socket.destroy(new Error(`no answer within ${timeoutMs} ms`)))
    socket.once('error', reject)
    socket.once('secureConnect', () => {
      resolve(socket.getPeerCertificate(true))
      socket.destroy()
    })
  })
}

function walkChain(leaf: tls.DetailedPeerCertificate): tls.DetailedPeerCertificate[] {
  const chain: tls.DetailedPeerCertificate[] = []
  const seen = new Set<string>()
  let current: tls.DetailedPeerCertificate | undefined = leaf
  // A self-signed certificate is its own issuer.
  while (current?.raw && !seen.has(current.fingerprint256)) {
    seen.add(current.fingerprint256)
    chain.push(current)
    current = current.issuerCertificate
  }
  return chain
}

function toPem(der: Uint8Array): string {
  const lines =
    Buffer.from(der)
      .toString('base64')
      .match(/.{1,64}/g) ?? []
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`
}
