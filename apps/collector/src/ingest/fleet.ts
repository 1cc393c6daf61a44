import type { Policy, ModelOffer, ModelWithdrawal } from '@picket/proto'

/** What the rest of the collector may do with a connected sensor. */
export interface ConnectedSensor {
  readonly sensorId: string
  readonly hostname: string
  readonly featureSetHash: string
  /** Model in use by kind, as the sensor said last. */
  readonly activeModels: Readonly<Record<string, string>>
  /** Sensor clock minus collector clock, microseconds, at the last hello or heartbeat. */
  readonly clockOffsetUs: number
  /** Milliseconds since the epoch, collector clock, of the last message; now while the collector itself holds it up. */
  readonly lastHeard: number
  sendPolicy(policy: Policy): void
  sendModelOffer(offer: ModelOffer): void
  sendModelWithdrawal(withdrawal: ModelWithdrawal): void
  /** Ends the stream; the sensor is told why. Resolves when nothing of it is under way any more. */
  end(reason: 'replaced' | 'removed' | 'stopping'): Promise<void>
}

/** The sensors connected now, one stream each. */
export class Fleet {
  readonly #sensors = new Map<string, ConnectedSensor>()

  /** Makes this the sensor's stream; gives back the one it had before. */
  enter(sensor: ConnectedSensor): ConnectedSensor | undefined {
    const before = this.#sensors.get(sensor.sensorId)
    this.#sensors.set(sensor.sensorId, sensor)
    return before
  }

  /** Forgets the stream unless another one took its place. */
  leave(sensor: ConnectedSensor): void {
    if (this.#sensors.get(sensor.sensorId) === sensor) this.#sensors.delete(sensor.sensorId)
  }

  get(sensorId: string): ConnectedSensor | undefined {
    return this.#sensors.get(sensorId)
  }

  all(): ConnectedSensor[] {
    return [...this.#sensors.values()]
  }
}
