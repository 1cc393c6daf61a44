import { LinkType } from './link-type.ts'

/**
 * One captured frame, as every source hands it on. A source reuses one object for all its frames: whoever wants to keep
 * anything copies it before returning.
 */
export class Frame {
  /** Memory that holds the frame: a read buffer, or the kernel's ring. */
  bytes: Uint8Array = new Uint8Array(0)
  /** Where the frame starts in `bytes`. */
  offset = 0
  /** Octets that were captured. */
  capturedLength = 0
  /** Octets the frame had on the wire. */
  wireLength = 0
  /** Microseconds since the epoch, whole. */
  timeUs = 0
  /** A value of `LinkType`, or another number that is not decoded. */
  linkType: number = LinkType.ETHERNET
  /** VLAN identifier of a tag that the kernel took off the frame; 0 if there was none. */
  vlanId = 0
}

/** Called for each frame; must not keep the frame or its bytes. */
export type FrameHandler = (frame: Frame) => void
