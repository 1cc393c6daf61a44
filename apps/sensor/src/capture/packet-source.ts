import type { CaptureError } from './capture-error.ts'
import type { FrameHandler } from './frame.ts'

/** Where packets come from. One conformance suite (`packet-source.test.ts`) runs every implementation. */
export interface PacketSource {
  readonly kind: 'file' | 'ring' | 'cap'
  /** Throws a CaptureError when packets can not be had. */
  open(): Promise<void>
  /** Hands on the frames that are ready now, stopping soon after `budget` of them; returns how many. Never waits. */
  read(handler: FrameHandler, budget: number): number
  /** True once no frame can come any more: the file is read, the interface is gone. */
  readonly ended: boolean
  /** Why the source ended before its proper end, if it did. */
  readonly error: CaptureError | undefined
  /** Packets lost before they could be read, since the call before. */
  takeDrops(): number
  /** How often the kernel found every part of the ring full, since the call before; told as of the last `takeDrops`. */
  takeFreezes?(): number
  /** Packets of which only the head was kept, and the octets that were not, since the call before. */
  takeSnapped?(): { packets: number; octets: number }
  /** Calls back once, when there is something to read; false where the source has to be asked from time to time. */
  wakeWhenReady?(wake: () => void): boolean
  /** From now on without frames of these VLANs, which are seen elsewhere. */
  leaveOutVlans?(identifiers: readonly number[]): void
  /** Takes in nothing more and hands on everything that was taken in. */
  finish?(handler: FrameHandler): Promise<void>
  /** Idempotent. Bytes handed on before are not valid afterwards. */
  close(): Promise<void>
}
