import { X509Certificate } from 'node:crypto'
import { connect, type ConnectionOptions } from 'node:tls'
import { connect as connectTcp } from 'node:net'
import { credentials, status, type ServiceError } from '@grpc/grpc-js'
import { SensorServiceClient, SensorServiceService, type ModelChunk } from '@picket/proto'
import { pino } from 'pino'
import { expect, onTestFinished, test } from 'vitest'
import { createSigningRequest, mutualTls } from '../test/support/sensor-identity.ts'
import { scratchFolder } from '../test/support/scratch-folder.ts'
import { until } from '../test/support/until.ts'
import { Authority } from './enroll/authority.ts'
import { parseSigningRequest } from './enroll/certificates.ts'
import { ServerCertificate } from './enroll/server-certificate.ts'
import { CollectorError } from './errors.ts'
import { RpcServer } from './rpc-server.ts'
import { Telemetry } from './telemetry.ts'

async function startServer(maxConnections = 10) {
  const authority = await Authority.open(await scratchFolder())
  const telemetry = new Telemetry()
  const options = {
    setting: 'PICKET_STREAM_LISTEN',
    listen: '127.0.0.1:0',
    identity: await authority.serverIdentity([]),
    clientAuthority: authority.certificatePem,
    maxConnections,
    telemetry,
  }
  const server = new RpcServer(options, (grpc) => {
    grpc.addService(SensorServiceService, {
      connect: (call: { end(): void }) => call.end(),
      downloadModel: (call: { write(chunk: ModelChunk): void; end(): void }) => {
        call.write({ offset: 0, data: new Uint8Array(3) })
        call.end()
      },
    })
  })
  await server.start()
  onTestFinished(() => server.stop())
  return { server, authority, telemetry }
}

async function issueIdentity(authority: Authority) {
  const request = await createSigningRequest()
  const parsed = await parseSigningRequest(request.der)
  if (!parsed.ok) throw new Error(parsed.reason)
  const certificate = await authority.issueSensor('5f0c0f52-0000-4000-8000-000000000001', parsed.publicKey)
  return { key: request.key, chain: certificate.toString('pem'), authorities: authority.certificatePem }
}

/** Number of chunks that came, or the error. */
async function callServer(address: string, secrets: ReturnType<typeof credentials.createSsl>) {
  const client = new SensorServiceClient(address, secrets)
  onTestFinished(() => client.close())
  return await new Promise<number | ServiceError>((resolve) => {
    let chunks = 0
    const call = client.downloadModel({ modelId: 'any', offset: 0 }, { deadline: Date.now() + 10_000 })
    call.on('data', () => (chunks += 1))
    call.on('error', (error) => resolve(error as ServiceError))
    call.on('end', () => resolve(chunks))
  })
}

/** Whether a TLS client gets an answer of the HTTP/2 server, or how it was refused. */
async function handshake(address: string, options: ConnectionOptions): Promise<string> {
  const [host, port] = address.split(':')
  return await new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'], ...options })
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message))
    socket.on('data', () => {
      resolve(`answered over ${socket.getProtocol()}`)
      socket.destroy()
    })
    socket.on('close', () => resolve('closed'))
  })
}

/** SHA-256 of the certificate the server shows. */
async function peerCertificate(address: string, { key, chain }: { key: string; chain: string }): Promise<string> {
  const [host, port] = address.split(':')
  return await new Promise((resolve, reject) => {
    const options = { host, port: Number(port), rejectUnauthorized: false, ALPNProtocols: ['h2'], key, cert: chain }
    const socket = connect(options, () => {
      resolve(socket.getPeerCertificate().fingerprint256)
      socket.destroy()
    })
    socket.on('error', reject)
  })
}

test('a client with a certificate of the fleet is served over TLS 1.3', async () => {
  const { server, authority } = await startServer()
  const identity = await issueIdentity(authority)
  expect(await callServer(server.address, mutualTls(identity))).toBe(1)
  const { key, chain: cert } = identity
  expect(await handshake(server.address, { key, cert })).toBe('answered over TLSv1.3')
})

test('no certificate, one of another authority, a server certificate and TLS 1.2 are all refused', async () => {
  const { server, authority } = await startServer()
  const identity = await issueIdentity(authority)
  const foreign = await issueIdentity(await Authority.open(await scratchFolder()))
  const own = await authority.serverIdentity([])
  const { key, chain: cert } = identity
  const refused = /^(closed|E[A-Z_0-9]+)$/
  expect(await handshake(server.address, {})).toMatch(refused)
  expect(await handshake(server.address, { key: foreign.key, cert: foreign.chain })).toMatch(refused)
  expect(await handshake(server.address, { key: own.key, cert: own.chain })).toMatch(refused)
  expect(await handshake(server.address, { key, cert, maxVersion: 'TLSv1.2' })).toMatch(refused)
  const plain = await callServer(server.address, credentials.createSsl(Buffer.from(authority.certificatePem)))
  expect(plain).toMatchObject({ code: status.UNAVAILABLE })
  const foreignCall = await callServer(server.address, mutualTls({ ...foreign, authorities: authority.certificatePem }))
  expect(foreignCall).toMatchObject({ code: status.UNAVAILABLE })
  expect(await callServer(server.address, mutualTls(identity))).toBe(1)
})

test('connections beyond the bound are closed and counted', async () => {
  const { server, telemetry } = await startServer(2)
  const [host, port] = server.address.split(':')
  const sockets = Array.from({ length: 4 }, () => connectTcp({ host, port: Number(port) }))
  for (const socket of sockets) socket.on('error', () => {})
  onTestFinished(() => sockets.forEach((socket) => socket.destroy()))
  await until('two refused connections', () => telemetry.get('connectionRefused') === 2)
})

test('an address in use is a refusal that names the setting', async () => {
  const { server, authority } = await startServer()
  const options = {
    setting: 'PICKET_ENROL_LISTEN',
    listen: server.address,
    identity: await authority.serverIdentity([]),
    maxConnections: 1,
    telemetry: new Telemetry(),
  }
  const second = new RpcServer(options, () => {})
  const failure = await second.start().catch((error: unknown) => error)
  expect(failure).toBeInstanceOf(CollectorError)
  expect(failure).toMatchObject({ code: 'address-in-use', exitCode: 2 })
  expect(String(failure)).toContain(`PICKET_ENROL_LISTEN: ${server.address} is in use`)
  await second.stop()
  await second.stop()
})

test('a server whose certificate nears its end presents the next one without a restart', async () => {
  const { server, authority } = await startServer()
  const identity = await issueIdentity(authority)
  const presented = await authority.serverIdentity([])
  const open = await peerCertificate(server.address, identity)
  const certificate = new ServerCertificate({
    authority,
    names: [],
    servers: [server],
    identity: presented,
    logger: pino({ enabled: false }),
  })

  await certificate.renew(new Date(presented.notAfter.getTime() - 61 * 86_400_000))
  expect(await peerCertificate(server.address, identity)).toBe(open)

  const nearTheEnd = new Date(presented.notAfter.getTime() - 59 * 86_400_000)
  await certificate.renew(nearTheEnd)
  const renewed = new X509Certificate((await authority.serverIdentity([], nearTheEnd)).chain)
  expect(renewed.fingerprint256).not.toBe(open)
  expect(await peerCertificate(server.address, identity)).toBe(renewed.fingerprint256)
})
