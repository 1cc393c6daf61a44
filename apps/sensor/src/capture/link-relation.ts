/** How one interface of the host is tied to others, as the kernel tells it. */
export interface LinkRelation {
  index: number
  name: string
  /** bridge, bond, vlan, veth, macvlan and the like (IFLA_INFO_KIND); empty for a card. */
  kind: string
  /** Index of the bridge or bond it is a part of; 0 for none. */
  master: number
  /** Index of what it lies upon, or of the other end of a virtual wire; 0 where that is none or in another name space. */
  link: number
  /** VLAN identifier; 0 where it is no VLAN. */
  vlanId: number
}

/** Attributes of RTM_NEWLINK (linux/if_link.h). */
const [IFNAME, LINK, MASTER, LINK_INFO, LINK_NAME_SPACE] = [3, 5, 10, 18, 37]
const [INFO_KIND, INFO_DATA] = [1, 2]
const VLAN_ID = 1
const NEW_LINK = 16
/** struct nlmsghdr, then struct ifinfomsg. */
const MESSAGE_HEAD = 16
const LINK_HEAD = 16
const ATTRIBUTE_HEAD = 4
const TYPE_BITS = 0x3fff

/** Reads the answers of RTM_GETLINK (rtnetlink(7)); what is cut short ends the list. */
export function parseLinks(octets: Uint8Array): LinkRelation[] {
  const view = new DataView(octets.buffer, octets.byteOffset, octets.length)
  const links: LinkRelation[] = []
  for (let at = 0; at + MESSAGE_HEAD <= octets.length;) {
    const length = view.getUint32(at, true)
    if (length < MESSAGE_HEAD || at + length > octets.length) break
    if (view.getUint16(at + 4, true) === NEW_LINK && length >= MESSAGE_HEAD + LINK_HEAD) {
      links.push(parseLink(new DataView(view.buffer, view.byteOffset + at + MESSAGE_HEAD, length - MESSAGE_HEAD)))
    }
    at += align(length)
  }
  return links
}

function parseLink(message: DataView): LinkRelation {
  const top = attributes(message, LINK_HEAD)
  const info = nested(top.get(LINK_INFO))
  const kind = textOf(info.get(INFO_KIND))
  const isElsewhere = top.has(LINK_NAME_SPACE)
  return {
    index: message.getInt32(4, true),
    name: textOf(top.get(IFNAME)),
    kind,
    master: numberOf(top.get(MASTER)),
    link: isElsewhere ? 0 : numberOf(top.get(LINK)),
    vlanId: kind === 'vlan' ? (nested(info.get(INFO_DATA)).get(VLAN_ID)?.getUint16(0, true) ?? 0) : 0,
  }
}

const align = (length: number): number => (length + 3) & ~3

/** Values by type: length and type of 16 bits each, the value, padding to four octets. */
function attributes(view: DataView, start: number): Map<number, DataView> {
  const found = new Map<number, DataView>()
  for (let at = start; at + ATTRIBUTE_HEAD <= view.byteLength;) {
    const length = view.getUint16(at, true)
    if (length < ATTRIBUTE_HEAD || at + length > view.byteLength) break
    const value = new DataView(view.buffer, view.byteOffset + at + ATTRIBUTE_HEAD, length - ATTRIBUTE_HEAD)
    found.set(view.getUint16(at + 2, true) & TYPE_BITS, value)
    at += align(length)
  }
  return found
}

const nested = (value: DataView | undefined): Map<number, DataView> => (value ? attributes(value, 0) : new Map())

const numberOf = (value: DataView | undefined): number =>
  value && value.byteLength >= 4 ? value.getUint32(0, true) : 0

/** Ends with a zero. */
function textOf(value: DataView | undefined): string {
  if (!value) return ''
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('utf8').split('\0', 1)[0]
}
