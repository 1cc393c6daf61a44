import { loadAddon } from '../native-addon.ts'
import { CaptureError } from './capture-error.ts'

export interface NativeRingOptions {
  blockSize: number
  blockCount: number
  /** A block that is not full is handed over after this long. */
  retireMs: number
  /** Octets copied of each packet at most. */
  snapLength: number
  promiscuous: boolean
  /** For loopback, where each packet is seen leaving and arriving. */
  ignoreOutgoing: boolean
}

export interface NativeRing {
  readonly memory: ArrayBuffer
}

/** The addon `native/ring.cc`; its head comment is the contract. */
export interface RingAddon {
  /** A packet socket, with link-layer headers unless `cooked`. */
  openSocket(cooked: boolean): number
  closeSocket(socket: number): void
  open(socket: number, name: string, options: NativeRingOptions): NativeRing
  next(ring: NativeRing): number
  release(ring: NativeRing): void
  drops(ring: NativeRing): number
  close(ring: NativeRing): void
}

export function loadRingAddon(): RingAddon {
  try {
    return loadAddon('ring') as RingAddon
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error)
    throw new CaptureError(
      'capture-not-built',
      `the capture ring is not built for this machine (${reason}); run npm run setup`,
    )
  }
}
