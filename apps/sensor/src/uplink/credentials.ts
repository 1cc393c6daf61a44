import tls from 'node:tls'
import { credentials, type ChannelCredentials } from '@grpc/grpc-js'

/** Everything is PEM; without a certificate only the collector proves who it is (enrolment). */
export interface CredentialOptions {
  readonly authorities: string
  readonly certificateChain?: string
  readonly privateKey?: string
}

/** Credentials of a channel: TLS 1.3 and nothing older, these authorities and no others. */
export function createCredentials(options: CredentialOptions): ChannelCredentials {
  const secureContext = tls.createSecureContext({
    minVersion: 'TLSv1.3',
    ca: options.authorities,
    ...(options.certificateChain && options.privateKey
      ? { cert: options.certificateChain, key: options.privateKey }
      : {}),
  })
  return credentials.createFromSecureContext(secureContext)
}
