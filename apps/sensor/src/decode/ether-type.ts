/** EtherTypes that are decoded (IEEE 802 numbers). */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  PPPOE_SESSION: 0x8864,
  PROVIDER_VLAN: 0x88a8,
  /** The double tag some switches used before 802.1ad. */
  OLD_DOUBLE_VLAN: 0x9100,
  /** What Linux calls a frame with a length and an LLC header instead of a type. */
  LLC: 0x0004,
} as const
