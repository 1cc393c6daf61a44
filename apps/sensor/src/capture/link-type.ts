/** Link types as capture files name them (https://www.tcpdump.org/linktypes.html), those that are decoded. */
export const LinkType = {
  /** BSD loopback: a 4-octet address family in the byte order of the machine that captured. */
  NULL: 0,
  ETHERNET: 1,
  /** PPP, with its address and control octets or without (RFC 1661, RFC 1662). */
  PPP: 9,
  PPP_HDLC: 50,
  /** Raw IP as old OpenBSD (14) and most other systems (12) number it. */
  RAW_BSD: 12,
  RAW_OPENBSD: 14,
  /** Raw IP; the version nibble tells IPv4 from IPv6. */
  RAW: 101,
  CISCO_HDLC: 104,
  /** OpenBSD loopback: a 4-octet address family in network order. */
  LOOP: 108,
  /** Linux cooked capture, version 1. */
  LINUX_COOKED: 113,
  IPV4: 228,
  IPV6: 229,
  /** Linux cooked capture, version 2. */
  LINUX_COOKED_2: 276,
} as const
