/** EtherTypes that are decoded (IEEE 802 numbers). */
export const EtherType = {
  IPV4: 0x0800,
  ARP: 0x0806,
  VLAN: 0x8100,
  IPV6: 0x86dd,
  MPLS: 0x8847,
  /** Label assigned upstream (RFC 5332), once multicast. */
  MPLS_MULTICAST: 0x8848,
  PPPOE_SESSION: 0x8864,
  /** PPP in a GRE tunnel (RFC 2637). */
  PPP: 0x880b,
  /** An Ethernet frame in a tunnel (RFC 7637). */
  ETHERNET_BRIDGING: 0x6558,
  /** Mirrored Ethernet frames, type I or II, and type III (draft-foschiano-erspan). */
  ERSPAN: 0x88be,
  ERSPAN_III: 0x22eb,
  PROVIDER_VLAN: 0x88a8,
  /** The double tag some switches used before 802.1ad. */
  OLD_DOUBLE_VLAN: 0x9100,
  /** A tag of 8 octets between bridge and port extender (IEEE 802.1BR). */
  E_TAG: 0x893f,
  /** An Ethernet frame on its way through a Cisco FabricPath network. */
  FABRIC_PATH: 0x8903,
  /** Network service header (RFC 8300). */
  NSH: 0x894f,
  /** What Linux calls a frame with a length and an LLC header instead of a type. */
  LLC: 0x0004,
} as const
