import { LivePublisher } from '@picket/store/live'
import { EnrolmentServiceService, SensorServiceService } from '@picket/proto'
import { AlertDesk } from './alert/alert-desk.ts'
import { BurstRule } from './alert/burst-rule.ts'
import { FindingRule } from './alert/finding-rule.ts'
import { recoverLostFindings } from './alert/lost-findings.ts'
import { SaturationRule } from './alert/saturation-rule.ts'
import { SilenceWatch } from './alert/silence-watch.ts'
import type { ServeConfig } from './config.ts'
import { Connections } from './connections.ts'
import { AttemptLimiter, ENROLMENT_ATTEMPTS } from './enroll/attempt-limiter.ts'
import { Authority } from './enroll/authority.ts'
import { CertificateRenewal } from './enroll/certificate-renewal.ts'
import { EnrolmentService } from './enroll/enrolment-service.ts'
import { ServerCertificate } from './enroll/server-certificate.ts'
import { SigningKey } from './enroll/signing-key.ts'
import { BatchIntake } from './ingest/batch-intake.ts'
import { Fleet } from './ingest/fleet.ts'
import { toLiveEvents } from './ingest/live-records.ts'
import { SensorService } from './ingest/sensor-service.ts'
import { logCounters, maintain } from './maintenance.ts'
import { LiveFeed } from './notify/live-feed.ts'
import { LiveNotifier, LogNotifier, NotifierList } from './notify/notifier.ts'
import { CommandChannel } from './rollout/command-channel.ts'
import { FleetWatch } from './rollout/fleet-watch.ts'
import { ModelDownload } from './rollout/model-download.ts'
import { ModelOffers } from './rollout/model-offers.ts'
import { PolicyBoard } from './rollout/policy-board.ts'
import { RpcServer } from './rpc-server.ts'
import { Schedule } from './schedule.ts'
import { startAll } from './stage.ts'
import type { Logger, Telemetry } from './telemetry.ts'

const POLL_MS = 10_000
const SILENCE_CHECK_MS = 2_000
const MAINTENANCE_MS = 60_000
const COUNTERS_MS = 300_000
const CERTIFICATE_CHECK_MS = 12 * 3_600_000
const MAX_SENSOR_CONNECTIONS = 4_096
const MAX_ENROLMENT_CONNECTIONS = 256
const ENROLMENT_IDLE_MS = 15_000

/** A running collector: host:port of the stream and of enrolment, fingerprint of its authority in base64url. */
export interface Collector {
  readonly stream: string
  readonly enrol: string
  readonly fingerprint: string
  stop(): Promise<void>
}

/** Builds the whole collector and starts it, sinks before sources. */
export async function startCollector(config: ServeConfig, telemetry: Telemetry, logger: Logger): Promise<Collector> {
  const authority = await Authority.open(config.dataFolder)
  const signingKey = await SigningKey.open(config.dataFolder)
  const identity = await authority.serverIdentity(config.names)
  const connections = new Connections(config, 'picket-collector', logger)
  const { database, redis } = connections

  const fleet = new Fleet()
  const live = new LiveFeed(new LivePublisher(redis), telemetry, logger)
  const policies = new PolicyBoard(database, fleet)
  const offers = new ModelOffers({ database, fleet, signingKey, live, logger })
  const watch = new FleetWatch({ database, fleet, policies, offers, live, logger })

  const notifier = new NotifierList([new LogNotifier(logger), new LiveNotifier(live)])
  const rules = [new FindingRule(), new SaturationRule(), new BurstRule()]
  const desk = new AlertDesk({ database, rules, policies, notifier, telemetry, logger })
  const silence = new SilenceWatch({ database, fleet, policies, desk, live, now: Date.now })

  const intake = new BatchIntake({
    database,
    telemetry,
    logger,
    random: Math.random,
    onStored: (source, records) => {
      for (const event of toLiveEvents(source, records)) live.publish(event)
      desk.observe(source, records)
    },
  })
  const services = { database, fleet, intake, policies, offers, live, telemetry, logger }
  const sensors = new SensorService(
    services,
    new ModelDownload(offers, config.dataFolder, telemetry, logger),
    new CertificateRenewal({ database, authority, telemetry, logger }),
  )
  const stream = new RpcServer(
    {
      setting: 'PICKET_STREAM_LISTEN',
      listen: config.streamListen,
      identity,
      clientAuthority: authority.certificatePem,
      maxConnections: MAX_SENSOR_CONNECTIONS,
      telemetry,
    },
    (server) => server.addService(SensorServiceService, sensors.handlers),
  )

  const limiter = new AttemptLimiter({ ...ENROLMENT_ATTEMPTS, now: () => performance.now() })
  const enrolment = new EnrolmentService({ database, authority, limiter, live, telemetry, logger })
  const enrol = new RpcServer(
    {
      setting: 'PICKET_ENROL_LISTEN',
      listen: config.enrolListen,
      identity,
      maxConnections: MAX_ENROLMENT_CONNECTIONS,
      idleMs: ENROLMENT_IDLE_MS,
      telemetry,
    },
    (server) => server.addService(EnrolmentServiceService, enrolment.handlers),
  )

  const certificate = new ServerCertificate({
    authority,
    names: config.names,
    servers: [stream, enrol],
    identity,
    logger,
  })
  const channel = new CommandChannel(config.redisUrl, logger, (command) => void watch.obey(command))
  const schedule = new Schedule(
    [
      { name: 'poll', firstAfterMs: POLL_MS, everyMs: POLL_MS, run: () => watch.poll() },
      { name: 'silence', firstAfterMs: 0, everyMs: SILENCE_CHECK_MS, run: () => silence.check() },
      { name: 'findings', firstAfterMs: 0, everyMs: MAINTENANCE_MS, run: () => recoverLostFindings(database, desk) },
      { name: 'maintenance', firstAfterMs: POLL_MS, everyMs: MAINTENANCE_MS, run: () => maintain(database, logger) },
      {
        name: 'certificate',
        firstAfterMs: CERTIFICATE_CHECK_MS,
        everyMs: CERTIFICATE_CHECK_MS,
        run: () => certificate.renew(),
      },
      { name: 'counters', firstAfterMs: COUNTERS_MS, everyMs: COUNTERS_MS, run: () => logCounters(telemetry, logger) },
    ],
    telemetry,
    logger,
  )

  const stop = await startAll([connections, watch, desk, channel, schedule, stream, sensors, enrol])
  logger.info({ stream: stream.address, enrol: enrol.address, certificateUntil: identity.notAfter }, 'collector ready')
  return { stream: stream.address, enrol: enrol.address, fingerprint: authority.fingerprint, stop }
}
