import { join } from 'node:path'
import { FEATURE_SET_HASH } from '@picket/ml/features'
import type { Logger } from 'pino'
import { Batcher } from './batch/batcher.ts'
import { createWire } from './capture/wire.ts'
import type { RunConfig } from './config.ts'
import { Detectors } from './detect/detectors.ts'
import { eraseIdentity, type Identity } from './enrol/identity.ts'
import { reasonOf } from './errors.ts'
import { HealthProber } from './health/health-prober.ts'
import { HostSampler } from './host/host-sampler.ts'
import type { Stage } from './observation.ts'
import { PolicyKeeper } from './policy.ts'
import { loadScorer } from './score/load-scorer.ts'
import { ScoreStage } from './score/score-stage.ts'
import { SelfDescription } from './self-description.ts'
import { Spool } from './spool/spool.ts'
import { Telemetry } from './telemetry.ts'
import { CollectorOrders } from './uplink/collector-orders.ts'
import { ModelUpdater } from './uplink/model-updater.ts'
import { ownEndpoints } from './uplink/own-endpoints.ts'
import { RejectedSamples } from './uplink/rejected-samples.ts'
import { Uplink } from './uplink/uplink.ts'

/** A state line for whoever started the sensor. */
export type Emit = (line: Record<string, unknown>) => void

export interface Sensor extends Stage {
  readonly telemetry: Telemetry
  /** Settles when the collector removed this sensor. */
  readonly retired: Promise<void>
}

const maxFlows = 200_000
const nowUs = () => Date.now() * 1000

/** Wires the sensor: wire -> score -> detect -> batch -> spool -> uplink, with host and health samples beside. */
export async function createSensor(config: RunConfig, identity: Identity, logger: Logger, emit: Emit): Promise<Sensor> {
  const { stateFolder } = config
  const telemetry = new Telemetry()
  const models = join(stateFolder, 'models')
  const settings = await PolicyKeeper.load(stateFolder)
  const scorer = await loadScorer(models, (model, error) =>
    logger.warn({ model, reason: reasonOf(error) }, 'model left out'),
  )
  const self = new SelfDescription({ config, identity, telemetry, nowUs, emit, activeModels: () => score.activeModels })

  const batcher = new Batcher({
    telemetry,
    nowUs,
    append: (payload, flows) => {
      spool.append(payload, flows)
      uplink.wake()
    },
  })
  const spool = new Spool({
    folder: join(stateFolder, 'spool', identity.sensorId),
    limitBytes: config.spoolBytes,
    nowUs,
    telemetry,
    onGap: (gap) => batcher.add({ coverageGaps: [gap] }),
    onStorage: (storage, reason) => emit({ state: 'spool', storage, reason }),
  })
  const score = new ScoreStage({
    scorer,
    detector: new Detectors(settings),
    telemetry,
    onScored: (observation, findings) => batcher.add({ ...observation, findings }),
    onFailure: (error) => logger.warn({ reason: reasonOf(error) }, 'flows not scored'),
  })
  const wire = createWire(
    {
      interfaces: config.interfaces,
      excludedInterfaces: settings.excludedInterfaces,
      replay: config.replay,
      exclude: await ownEndpoints([config.collector, config.enrol]),
      idleTimeoutMs: settings.idleTimeoutMs,
      activeTimeoutMs: settings.activeTimeoutMs,
      maxFlows,
      logger,
    },
    (observation) => {
      self.observe(observation)
      score.accept(observation)
    },
  )
  const host = new HostSampler({ nowUs, telemetry, onSample: (sample) => batcher.add({ hostSamples: [sample] }) })
  const health = new HealthProber({ nowUs, telemetry, onSamples: (healthSamples) => batcher.add({ healthSamples }) })
  health.setTargets(settings.healthTargets)

  const flush = async () => {
    wire.flush()
    await score.drain()
    batcher.flush()
  }
  const policy = new PolicyKeeper(stateFolder, settings, (after, before) => {
    wire.setTimeouts(after)
    health.setTargets(after.healthTargets)
    // Detectors begin anew, without what they had gathered, so only when it is theirs that changed.
    const isOtherDetection =
      after.scanThreshold !== before.scanThreshold || after.anomalyThreshold !== before.anomalyThreshold
    if (isOtherDetection) score.setDetector(new Detectors(after))
  })
  const retired = Promise.withResolvers<void>()
  const orders: CollectorOrders = new CollectorOrders({
    models: new ModelUpdater({ folder: models, featureSetHash: FEATURE_SET_HASH, target: score, telemetry }),
    rejectedSamples: new RejectedSamples(stateFolder),
    logger,
    applyPolicy: (message) => policy.apply(message),
    flush,
    retire: () => retired.resolve(eraseIdentity(stateFolder).then(() => spool.erase())),
    send: (message) => uplink.send(message),
    client: () => uplink.client,
  })
  const uplink: Uplink = new Uplink({
    collector: config.collector,
    identity,
    spool,
    telemetry,
    random: Math.random,
    nowUs,
    hello: () => self.hello(spool.epoch),
    heartbeat: () => self.heartbeat(),
    handlers: orders,
    onState: (state) => self.onUplinkState(state),
  })
  const sinksFirst: Stage[] = [spool, uplink, batcher, host, health, wire]
  return {
    telemetry,
    retired: retired.promise,
    async start() {
      for (const stage of sinksFirst) await stage.start()
      if (config.replay)
        void wire.ended.then(flush).then(() => emit({ state: 'replay-ended', ...telemetry.snapshot() }))
    },
    async stop() {
      await wire.stop()
      await Promise.all([health.stop(), host.stop()])
      await score.drain()
      await batcher.stop()
      await uplink.stop()
      await spool.stop()
      await score.close()
    },
  }
}
