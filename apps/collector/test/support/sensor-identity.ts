import 'reflect-metadata'
import { KeyObject } from 'node:crypto'
import { credentials } from '@grpc/grpc-js'
import * as x509 from '@peculiar/x509'

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

/** A new key and a signing request for it, as a sensor makes them. */
export async function createSigningRequest(): Promise<{ key: string; der: Uint8Array }> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
  const request = await x509.Pkcs10CertificateRequestGenerator.create({
    name: 'CN=ignored',
    keys,
    signingAlgorithm: ALGORITHM,
  })
  const key = KeyObject.from(keys.privateKey).export({ type: 'pkcs8', format: 'pem' }).toString()
  return { key, der: new Uint8Array(request.rawData) }
}

/** What a sensor keeps after enrolment, PEM texts. */
export interface SensorIdentity {
  sensorId: string
  hostname: string
  key: string
  chain: string
  authorities: string
}

/** Mutual TLS with that identity. */
export function mutualTls({ key, chain, authorities }: Omit<SensorIdentity, 'sensorId' | 'hostname'>) {
  return credentials.createSsl(Buffer.from(authorities), Buffer.from(key), Buffer.from(chain))
}
