/*
 * What the cap child writes to its parent: records of 24 octets head in the machine's byte order, then the frame.
 *   0 captured length 4   4 wire length 4   8 microseconds since the epoch, double 8   16 link type 4   20 cut 4, 1 for a frame of which only the head is kept
 * A captured length of DROPS marks a record without frame whose wire length is the number of packets dropped.
 */
export const CAP_HEAD = 24
export const CAP_DROPS = 0xffff_ffff
/** libpcap gives at most this much of a packet. */
export const CAP_SNAP = 65_535
