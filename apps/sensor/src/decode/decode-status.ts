/** What became of a frame. Anything but OK is counted under its cause and never throws. */
export const DecodeStatus = {
  OK: 0,
  /** The capture holds fewer octets than the headers need, though the wire had them. */
  TRUNCATED: 1,
  /** The headers contradict themselves or the frame was too short on the wire. */
  MALFORMED: 2,
  UNSUPPORTED_LINK_TYPE: 3,
} as const

export type DecodeStatus = (typeof DecodeStatus)[keyof typeof DecodeStatus]

/** Causes as coverage gaps name them, by status. */
export const DECODE_CAUSES = ['', 'truncated', 'malformed', 'unsupported-link-type'] as const
