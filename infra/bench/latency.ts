import { createSocket } from 'node:dgram'
import type { Socket } from 'node:dgram'
import { setTimeout as delay } from 'node:timers/promises'
import type { ArrivedEvent, ConsoleClient } from './console-client.ts'

/** Packets of one burst; the wire carries far fewer by itself within a second. */
const BURST = 50
const PORT = 41_000
const MAX_PAUSE_MS = 1000
const LOST_AFTER_MS = 10_000

export interface Latency {
  readonly samples: number
  /** Bursts that were not counted on the page within ten seconds. */
  readonly lost: number
  readonly p50_ms: number
  readonly p99_ms: number
  readonly max_ms: number
}

interface Sample {
  readonly interface: string
  readonly sentPackets: number
}

/**
 * Sends bursts at random moments and waits until a signed-in session's live stream carries the counters that hold the
 * burst. The interface is counted once a second, so half a second of the median is waiting for the next count.
 */
export async function measureLatency(client: ConsoleClient, address: string, samples: number): Promise<Latency> {
  const end = new AbortController()
  let onSent: ((arrivedAt: number) => void) | undefined
  let counted = 0
  await client.listen(
    'interfaces',
    (event) => {
      // A burst may fall on both sides of a count.
      counted += sentPackets(event)
      if (counted >= BURST) onSent?.(event.arrivedAt)
    },
    end.signal,
  )
  const socket = createSocket('udp4')
  const took: number[] = []
  let lost = 0
  try {
    for (let sample = 0; sample < samples; sample++) {
      await delay(Math.random() * MAX_PAUSE_MS)
      counted = 0
      const sentAt = performance.now()
      const arrived = new Promise<number>((resolve) => {
        onSent = resolve
      })
      await sendBurst(socket, address)
      const arrivedAt = await Promise.race([arrived, delay(LOST_AFTER_MS, undefined)])
      onSent = undefined
      if (arrivedAt === undefined) lost++
      else took.push(arrivedAt - sentAt)
    }
  } finally {
    socket.close()
    end.abort()
  }
  took.sort((a, b) => a - b)
  const quantile = (q: number) => Math.round(took[Math.min(took.length - 1, Math.floor(took.length * q))] ?? Number.NaN)
  return { samples: took.length, lost, p50_ms: quantile(0.5), p99_ms: quantile(0.99), max_ms: quantile(1) }
}

function sentPackets(event: ArrivedEvent): number {
  const samples = event.data.samples as Sample[]
  return samples.find((sample) => sample.interface === 'eth0')?.sentPackets ?? 0
}

async function sendBurst(socket: Socket, address: string): Promise<void> {
  const packet = Buffer.alloc(200, 0x50)
  const send = () =>
    new Promise<void>((resolve, reject) => {
      socket.send(packet, PORT, address, (error) => (error ? reject(error) : resolve()))
    })
  await Promise.all(Array.from({ length: BURST }, send))
}
