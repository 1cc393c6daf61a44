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
  /** Idempotent. Bytes handed on before are not valid afterwards. */
  close(): Promise<void>
}
