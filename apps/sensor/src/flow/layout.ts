/**
 * How one flow lies in memory: a record of 512 octets in one ArrayBuffer, so that the packet path touches few cache
 * lines. Offsets are in 32-bit words; offsets of 64-bit floats are in doubles and end in `_F64`.
 *
 *   words   0-11  key: [protocol | outer vlan << 8 | inner vlan << 20] [ports] [family | one-way | ether type << 16]
 *                      [-] [address a, 4 words] [address b, 4 words]; a and b are in canonical order
 *          12-19  hash, state bits, link addresses, round trip, counts
 *          20-51  the first lengths and gaps
 *          52-59  start, last, handshake and close times (doubles)
 *          64-95  forward direction: 8 doubles, 16 words      96-127  reverse direction, the same
 */
export const RECORD_WORDS = 128
export const RECORD_F64 = RECORD_WORDS / 2

export const KEY_META = 0
export const KEY_PORTS = 1
export const KEY_KIND = 2
export const KEY_A = 4
export const KEY_B = 8
export const HASH = 12
export const STATE = 13
/** Source then destination link address, 6 octets each. */
export const MACS = 14
export const HANDSHAKE_RTT = 17
export const FIRST_COUNT = 18
export const FIRST_LENGTHS = 20
export const FIRST_GAPS = 36
export const FIRST_PACKETS = 16

export const START_F64 = 26
export const LAST_F64 = 27
/** Time of the initiator's latest SYN; 0 without one. */
export const SYN_F64 = 28
/** When both ends had closed it or one had reset it; 0 while open. */
export const CLOSED_F64 = 29

/** Bits of KEY_KIND. */
export const KIND_FAMILY = 0xff
export const KIND_ONE_WAY = 0x100

/** Bits of STATE. */
export const IN_USE = 1
/** The initiator is b, not a. */
export const SOURCE_IS_B = 2
export const FIN_FORWARD = 4
export const FIN_REVERSE = 8
export const SYN_ACK_SEEN = 16
export const RTT_DONE = 32
export const CONTINUED = 64
export const HAS_SOURCE_MAC = 128
export const HAS_DESTINATION_MAC = 256
/** No recogniser wants more of this flow. */
export const INSPECTED = 512

/** Directions, as word offsets from the record's start. */
export const FORWARD = 64
export const REVERSE = 96

/** Doubles of a direction, from its start in doubles. */
export const OCTETS = 0
export const PAYLOAD_OCTETS = 1
export const LENGTH_SQUARES = 2
export const DIRECTION_LAST = 3
export const IAT_SUM = 4
export const IAT_SQUARES = 5
export const IAT_MIN = 6
export const IAT_MAX = 7

/** Words of a direction, from its start in words (they follow the doubles). */
export const PACKETS = 16
export const PAYLOAD_PACKETS = 17
export const LENGTH_MIN = 18
export const LENGTH_MAX = 19
/** Six counters, FIN SYN RST PSH ACK URG, in the order of the flag bits. */
export const FLAGS = 20
/** First window plus 1; 0 before a TCP packet. */
export const WINDOW = 26
export const RETRANSMISSIONS = 27
/** First TTL in the low half, smallest in the high half. */
export const TTLS = 28
/** Sequence number after the highest octet seen. */
export const NEXT_SEQUENCE = 29
/** A hole in the sequence space: segments seen after it, none in it yet; equal when there is none. */
export const HOLE_START = 30
export const HOLE_END = 31
