/** What a sensor does with packets, from all of it to the least; it steps down when it uses more than it may. */
export const Rung = {
  EVERYTHING: 0,
  /** Flows are metered, but what they are is not looked at. */
  WITHOUT_RECOGNITION: 1,
  /** Of a flow's packets nothing is kept but their number, their octets, their times and their TCP flags. */
  WITHOUT_PACKET_STATISTICS: 2,
  /** One flow in four is metered, chosen by its ends, and says that it stands for four; the packets of the others are counted in gaps. */
  ONE_FLOW_IN_FOUR: 3,
  /** Packets and octets are counted, in gaps; no new packet reaches a flow. */
  COUNTERS: 4,
} as const

export type Rung = (typeof Rung)[keyof typeof Rung]

/** As coverage gaps and state lines name them, by rung. */
export const RUNG_NAMES = [
  'everything',
  'without-recognition',
  'without-packet-statistics',
  'one-flow-in-four',
  'counters',
] as const
