import { onTestFinished } from 'vitest'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { startCollector, type Collector } from '../../src/collector.ts'
import type { ServeConfig } from '../../src/config.ts'
import { createTokenText } from '../../src/enroll/create-token.ts'
import { createLogger, Telemetry } from '../../src/telemetry.ts'
import { scratchFolder } from './scratch-folder.ts'
import type { SensorIdentity } from './sensor-identity.ts'
import { enrol, TestStream } from './test-sensor.ts'

/** A real collector on free ports of this machine, stopped when the test is over. */
export class TestCollector {
  readonly config: ServeConfig
  readonly telemetry: Telemetry
  readonly collector: Collector
  readonly authorityPem: string

  private constructor(config: ServeConfig, telemetry: Telemetry, collector: Collector, authorityPem: string) {
    this.config = config
    this.telemetry = telemetry
    this.collector = collector
    this.authorityPem = authorityPem
  }

  static async start(databaseUrl: string, redisUrl: string, dataFolder?: string): Promise<TestCollector> {
    const config: ServeConfig = {
      databaseUrl,
      redisUrl,
      dataFolder: dataFolder ?? (await scratchFolder()),
      logLevel: process.env.PICKET_TEST_LOG ?? 'fatal',
      streamListen: '127.0.0.1:0',
      enrolListen: '127.0.0.1:0',
      names: [],
    }
    const telemetry = new Telemetry()
    const collector = await startCollector(config, telemetry, createLogger(config.logLevel))
    onTestFinished(() => collector.stop())
    const authorityPem = await readFile(join(config.dataFolder, 'ca', 'authority.crt'), 'utf8')
    return new TestCollector(config, telemetry, collector, authorityPem)
  }

  /** Secret part of a fresh token. */
  async secret(minutes = 5, labels: Record<string, string> = {}): Promise<string> {
    return (await createTokenText(this.config, { minutes, labels })).slice('picket1_'.length, 'picket1_'.length + 43)
  }

  async enrol(hostname = 'web-01'): Promise<SensorIdentity> {
    const answer = await enrol(this.collector.enrol, this.authorityPem, { token: await this.secret(), hostname })
    if (answer instanceof Error) throw answer
    return answer
  }

  /** A stream that is closed when the test is over. */
  open(identity: SensorIdentity): TestStream {
    const stream = new TestStream(this.collector.stream, identity)
    onTestFinished(() => stream.close())
    return stream
  }

  /** A stream that has been welcomed. */
  async connect(identity: SensorIdentity): Promise<TestStream> {
    const stream = this.open(identity)
    stream.hello()
    await stream.message('welcome')
    return stream
  }
}
