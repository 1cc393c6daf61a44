import type { AddressNames } from './address-names.ts'
import { dns, dnsElsewhere, dnsLike } from './dns/dns.ts'
import { DNS, MULTICAST_DNS, NETBIOS } from './dns/dns-kind.ts'
import type { Expectations } from './expectations.ts'
import { http } from './http/http.ts'
import { http2 } from './http/http2.ts'
import { websocket } from './http/websocket.ts'
import { ajp } from './protocols/ajp.ts'
import { amqp } from './protocols/amqp.ts'
import { bacnet } from './protocols/bacnet.ts'
import { bfd } from './protocols/bfd.ts'
import { bgp } from './protocols/bgp.ts'
import { bittorrent, bittorrentUdp, utp } from './protocols/bittorrent.ts'
import { cassandra } from './protocols/cassandra.ts'
import { coap } from './protocols/coap.ts'
import { dceRpc } from './protocols/dce-rpc.ts'
import { dhcp } from './protocols/dhcp.ts'
import { dhcpv6 } from './protocols/dhcpv6.ts'
import { discord } from './protocols/discord.ts'
import { dnp3 } from './protocols/dnp3.ts'
import { dnscrypt } from './protocols/dnscrypt.ts'
import { ethernetIp } from './protocols/ethernet-ip.ts'
import { ftp } from './protocols/ftp.ts'
import { git } from './protocols/git.ts'
import { gtp } from './protocols/gtp.ts'
import { ike } from './protocols/ike.ts'
import { imap } from './protocols/imap.ts'
import { irc } from './protocols/irc.ts'
import { s7comm } from './protocols/iso-on-tcp.ts'
import { kafka } from './protocols/kafka.ts'
import { kerberos } from './protocols/kerberos.ts'
import { ldap } from './protocols/ldap.ts'
import { memcached } from './protocols/memcached.ts'
import { minecraft } from './protocols/minecraft.ts'
import { modbus } from './protocols/modbus.ts'
import { mongodb } from './protocols/mongodb.ts'
import { mqtt, mqttMiddle } from './protocols/mqtt.ts'
import { mysql } from './protocols/mysql.ts'
import { nats } from './protocols/nats.ts'
import { netbiosDatagram } from './protocols/netbios-datagram.ts'
import { netflow } from './protocols/netflow.ts'
import { ntp } from './protocols/ntp.ts'
import { opcUa } from './protocols/opc-ua.ts'
import { openvpn } from './protocols/openvpn.ts'
import { pop3 } from './protocols/pop3.ts'
import { postgresql } from './protocols/postgresql.ts'
import { radius } from './protocols/radius.ts'
import { raknet } from './protocols/raknet.ts'
import { raknetFrames } from './protocols/raknet-frames.ts'
import { rdp } from './protocols/rdp.ts'
import { redis } from './protocols/redis.ts'
import { rfb } from './protocols/rfb.ts'
import { rsync } from './protocols/rsync.ts'
import { rtcp } from './protocols/rtcp.ts'
import { rtp, rtpOverTcp } from './protocols/rtp.ts'
import { rtsp } from './protocols/rtsp.ts'
import { sflow } from './protocols/sflow.ts'
import { sip } from './protocols/sip.ts'
import { smb } from './protocols/smb.ts'
import { smtp } from './protocols/smtp.ts'
import { snmp } from './protocols/snmp.ts'
import { socks } from './protocols/socks.ts'
import { ssdp } from './protocols/ssdp.ts'
import { ssh } from './protocols/ssh.ts'
import { steam } from './protocols/steam.ts'
import { stun } from './protocols/stun.ts'
import { syslog } from './protocols/syslog.ts'
import { tds } from './protocols/tds.ts'
import { telegram, telegramCall } from './protocols/telegram.ts'
import { telnet } from './protocols/telnet.ts'
import { tftp } from './protocols/tftp.ts'
import { whatsapp } from './protocols/whatsapp.ts'
import { wireguard } from './protocols/wireguard.ts'
import { wsd } from './protocols/wsd.ts'
import { xmpp } from './protocols/xmpp.ts'
import { zoom, zoomPeer } from './protocols/zoom.ts'
import { quic } from './quic/quic.ts'
import type { MessageAllowance } from './message-allowance.ts'
import type { Recogniser } from './recogniser.ts'
import { dtls } from './tls/dtls.ts'
import { tls } from './tls/tls.ts'

/** What recognisers of different flows tell one another. */
export interface Shared {
  names: AddressNames
  expectations: Expectations
  messages: MessageAllowance
}

/**
 * Those of one transport. Where several share a first octet they are asked in this order: the commonest and surest first, those
 * that need several packets last.
 */
export function recognisersFor(transport: 'tcp' | 'udp', { names, expectations, messages }: Shared): Recogniser[] {
  const naming = [
    dns(names, messages),
    dnsLike('mdns', 5353, MULTICAST_DNS, messages),
    dnsLike('llmnr', 5355, DNS, messages),
    dnsLike('nbns', 137, NETBIOS, messages),
    netbiosDatagram,
  ]
  const web = [tls, http(messages), http2, quic, dtls]
  const text = [
    ssh,
    smtp,
    imap,
    pop3,
    ftp(expectations),
    irc,
    xmpp,
    rtsp,
    sip(expectations),
    ssdp,
    wsd,
    nats,
    git,
    rsync,
  ]
  const windows = [smb, rdp, dceRpc, kerberos, ldap, tds]
  const databases = [postgresql, mysql, redis, mongodb, memcached, cassandra, kafka]
  const remote = [rfb, telnet, bgp, ajp, amqp, mqtt]
  const industry = [modbus, dnp3, s7comm, ethernetIp, opcUa, bacnet, coap]
  const network = [
    ntp,
    dhcp,
    dhcpv6,
    snmp,
    syslog,
    tftp(expectations),
    radius,
    bfd,
    gtp,
    netflow,
    sflow,
    dnscrypt,
    dnsElsewhere(messages),
  ]
  const media = [stun, zoom, zoomPeer, discord, rtcp]
  const tunnels = [wireguard, ike, socks]
  const people = [bittorrent, bittorrentUdp, raknet, minecraft, steam, whatsapp, telegram, telegramCall]
  const severalPackets = [openvpn, rtp, rtpOverTcp, raknetFrames, utp, mqttMiddle, websocket]
  const all = [
    naming,
    web,
    text,
    windows,
    databases,
    remote,
    industry,
    network,
    media,
    tunnels,
    people,
    severalPackets,
  ].flat()
  return all.filter((recogniser) => recogniser.transport === transport || recogniser.transport === 'both')
}
