import type { AddressNames } from './address-names.ts'
import { bittorrent, http2, imap, pop3, rfb, rtsp, ssh } from './banners.ts'
import { mongodb, mqtt, mysql, postgresql, redis } from './databases.ts'
import { bittorrentDht, dhcp, dhcpv6, dtls, ntp, sip, snmp, ssdp, stun, syslog, tftp, wireguard } from './datagrams.ts'
import { dns, dnsLike } from './dns.ts'
import { http } from './http.ts'
import { ftp, smtp } from './mail-or-file-greeting.ts'
import { quic } from './quic.ts'
import type { Recogniser } from './recogniser.ts'
import { tls } from './tls.ts'
import { dceRpc, kerberos, ldap, rdp, smb } from './windows-protocols.ts'

/** Those of one transport, in the order they are asked: the commonest and surest first. */
export function recognisersFor(transport: 'tcp' | 'udp', names: AddressNames): Recogniser[] {
  const tcpOnly = [tls, http, ssh, http2, smb, smtp, ftp, imap, pop3, rtsp, rfb, bittorrent]
  const byStructure = [postgresql, mysql, redis, mongodb, mqtt, rdp, dceRpc, kerberos, ldap]
  const udpOnly = [dnsLike('mdns', 5353), dnsLike('llmnr', 5355), dnsLike('nbns', 137), quic, ntp, dhcp, dhcpv6, snmp]
  const others = [ssdp, stun, sip, dtls, wireguard, bittorrentDht, syslog, tftp]
  const all = [dns(names), ...tcpOnly, ...byStructure, ...udpOnly, ...others]
  return all.filter((recogniser) => recogniser.transport === transport || recogniser.transport === 'both')
}
