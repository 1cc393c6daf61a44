import { join } from 'node:path'
import { FEATURE_SET_HASH } from '@picket/ml/features'
import type { Logger } from 'pino'
import { Batcher } from './batch/batcher.ts'
import { watchOwnUse } from './budget/own-use.ts'
import { Rung } from './budget/rung.ts'
import type { CaptureSettings } from './capture/capture-settings.ts'
import type { PacketSockets } from './capture/packet-sockets.ts'
import { createWire } from './capture/wire.ts'
import { chain } from './chain.ts'
import type { RunConfig } from './config.ts'
import { ContextMemory } from './context/context-memory.ts'
import { Detectors } from './detect/detectors.ts'
import { eraseIdentity, type Identity } from './enrol/identity.ts'
import { reasonOf } from './errors.ts'
import { LifeRecord } from './life-record.ts'
import { HealthProber } from './health/health-prober.ts'
import { OwnProbes } from './health/own-probes.ts'
import { HostSampler } from './host/host-sampler.ts'
import type { Stage } from './observation.ts'
import { PolicyKeeper } from './policy.ts'
import type { ProcessAddon } from './process-addon.ts'
import { AnomalyScale } from './score/anomaly-scale.ts'
import { DailyMemory } from './score/daily-memory.ts'
import { DailyThreshold } from './score/daily-threshold.ts'
import { Ensemble } from './score/ensemble.ts'
import { loadScorer } from './score/load-scorer.ts'
import { ScoreStage } from './score/score-stage.ts'
import { SelfDescription } from './self-description.ts'
import { Spool } from './spool/spool.ts'
import { Telemetry } from './telemetry.ts'
import { createConversation, type Conversation } from './uplink/conversation.ts'
import { ModelUpdater } from './uplink/model-updater.ts'
import { ownEndpoints } from './uplink/own-endpoints.ts'
import { RejectedSamples } from './uplink/rejected-samples.ts'

/** A state line for whoever started the sensor. */
export type Emit = (line: Record<string, unknown>) => void

export interface Sensor extends Stage {
  /** Opens what is captured or replayed; what `start` does afterwards needs no privileges. */
  open(): Promise<void>
  readonly telemetry: Telemetry
  /** Settles when the collector removed this sensor. */
  readonly retired: Promise<void>
  /** Deletes identity and spool, after `stop`: they are of no use to a sensor that was removed. */
  erase(): Promise<void>
}

/** What an operator set, and what the process brings. */
export interface SensorParts extends RunConfig {
  readonly identity: Identity
  /** How interfaces are captured. */
  readonly capture: CaptureSettings
  /** Sockets for interfaces, opened ahead; none for a replay. */
  readonly sockets: PacketSockets | undefined
  readonly own: ProcessAddon | undefined
  readonly logger: Logger
  readonly emit: Emit
}

const maxFlows = 200_000
/** Half a second of scoring: what a flood ends beyond it goes on unscored, so that packets, memory and the collector do not wait for it. */
const maxWaitingFlows = 10_000
const nowUs = () => Date.now() * 1000

/** Wires the sensor: wire -> score -> detect -> batch -> spool -> collector, with host and health samples beside. */
export async function createSensor(config: SensorParts): Promise<Sensor> {
  const { stateFolder, identity, own, sockets, logger, emit } = config
  const telemetry = new Telemetry()
  const common = { telemetry, nowUs }
  const models = join(stateFolder, 'models')
  const settings = await PolicyKeeper.load(stateFolder)
  const scorer = await loadScorer(models, (model, error) =>
    logger.warn({ model, reason: reasonOf(error) }, 'model left out'),
  )
  const self = new SelfDescription({
    config,
    identity,
    telemetry,
    nowUs,
    emit,
    activeModels: () => score.activeModels,
    modelSupport: () => score.support,
  })

  const batcher = new Batcher({
    ...common,
    append: (payload, flows) => {
      spool.append(payload, flows)
      collector.wake()
    },
  })
  const spool = new Spool({
    ...common,
    folder: join(stateFolder, 'spool', identity.sensorId),
    limitBytes: config.spoolBytes,
    onGap: (gap) => batcher.add({ coverageGaps: [gap] }),
    onStorage: (storage, reason) => emit({ state: 'spool', storage, reason }),
  })
  const learned = {
    folder: stateFolder,
    onFailure: (error: unknown) => logger.warn({ reason: reasonOf(error) }, 'what was learned is not kept'),
    onRefused: (file: string, error: unknown) => emit({ state: 'learned-anew', file, reason: reasonOf(error) }),
  }
  const scale = await AnomalyScale.load(stateFolder, learned.onFailure, learned.onRefused)
  const contextMemory = await ContextMemory.load(learned)
  const dailyMemory = await DailyMemory.load(learned)
  const daily = config.replay ? new DailyThreshold() : dailyMemory.daily
  const thresholdOf = (name: string): number => {
    const { anomalyThreshold, anomaliesADay } = score.thresholds
    return (anomaliesADay > 0 ? daily.solve(name, anomaliesADay) : undefined) ?? anomalyThreshold
  }
  // The scale of an interface begins as the models', where a network they do not know is unusual as a whole.
  const tellFrom = (name: string): number =>
    config.replay || daily.isSettled(name) ? thresholdOf(name) : Number.POSITIVE_INFINITY
  const ensemble: Ensemble = new Ensemble({
    scorer,
    // A replay is no history of this host, and gives the same scores each time.
    ...(config.replay ? {} : { scale, context: contextMemory.context }),
    daily,
    threshold: thresholdOf,
    tellFrom,
    onLeftOut: (flows) => telemetry.add('flowsUnexplained', flows),
  })
  const score: ScoreStage = new ScoreStage({
    scorer,
    refine: (flows) => ensemble.refine(flows),
    createDetector: (thresholds) => new Detectors({ ...thresholds, anomalyThresholdOf: tellFrom }),
    thresholds: settings,
    telemetry,
    maxWaitingFlows,
    onScored: (observation, findings) => batcher.add({ ...observation, findings }),
    onFailure: (error) => logger.warn({ reason: reasonOf(error) }, 'flows not scored'),
  })
  const ownProbes = new OwnProbes(Math.random, nowUs)
  const wire = createWire(
    {
      ...settings,
      settings: config.capture,
      interfaces: config.interfaces,
      replay: config.replay,
      sockets,
      exclude: await ownEndpoints([config.collector, config.enrol]),
      maxFlows,
      settled: () => score.drain(),
      hurry: () => (score.isResting = true),
      logger,
    },
    (seen) => {
      const observation = ownProbes.leaveOut(seen)
      self.observe(observation)
      score.accept(observation)
    },
  )
  const life = new LifeRecord({ folder: stateFolder, nowUs, onGap: (gap) => batcher.add({ coverageGaps: [gap] }) })
  const host = new HostSampler({ ...common, onSample: (sample) => batcher.add({ hostSamples: [sample] }) })
  const health = new HealthProber({
    ...common,
    localPort: (host, port) => ownProbes.reserve(host, port),
    onSamples: (healthSamples) => batcher.add({ healthSamples }),
  })
  health.setTargets(settings.healthTargets)
  const ownUse = watchOwnUse(own, {
    limits: config.limits,
    nowUs,
    onStep: (rung, gap, use) => {
      wire.setRung(rung)
      score.isResting = rung >= Rung.WITHOUT_PACKET_STATISTICS
      batcher.add({ coverageGaps: [gap] })
      emit({ state: 'budget', rung: gap.cause, ...use })
    },
  })

  const flush = async () => {
    wire.flush()
    await score.drain()
    batcher.flush()
  }
  const policy = new PolicyKeeper(stateFolder, settings, (after) => {
    wire.setTimeouts(after)
    wire.setExcludedInterfaces(after.excludedInterfaces)
    health.setTargets(after.healthTargets)
    score.setThresholds(after)
  })
  const collector: Conversation = createConversation({
    ...common,
    collector: config.collector,
    identity,
    stateFolder,
    spool,
    logger,
    random: Math.random,
    hello: () => self.hello(spool.epoch),
    heartbeat: () => self.heartbeat(),
    onState: (state) => self.onUplinkState(state),
    models: new ModelUpdater({ folder: models, featureSetHash: FEATURE_SET_HASH, target: score, telemetry }),
    rejectedSamples: new RejectedSamples(stateFolder),
    applyPolicy: (message) => policy.apply(message),
    flush,
  })
  if (config.replay) void wire.ended.then(flush).then(() => emit({ state: 'replay-ended', ...telemetry.snapshot() }))
  return {
    open: () => wire.open(),
    ...chain([spool, collector, batcher, life, scale, contextMemory, dailyMemory, score, host, health, wire, ownUse]),
    telemetry,
    retired: collector.retired,
    async erase() {
      await eraseIdentity(stateFolder)
      spool.erase()
      life.erase()
    },
  }
}
