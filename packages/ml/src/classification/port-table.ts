import type { TrafficClass } from './traffic-classes.ts'

type Ports = readonly (readonly [application: string, ...ports: number[]])[]

// IANA service names and the defaults of the products themselves. A port alone is a weak sign: see CONFIDENCE.
const TCP: Partial<Record<TrafficClass, Ports>> = {
  web: [
    ['http', 80, 8080, 8000, 8008, 8888],
    ['https', 443, 8443],
  ],
  mail: [
    ['smtp', 25, 465, 587],
    ['pop3', 110, 995],
    ['imap', 143, 993],
  ],
  'file-transfer': [
    ['ftp', 20, 21, 989, 990],
    ['smb', 139, 445],
    ['nfs', 2049],
    ['rsync', 873],
    ['afp', 548],
    ['iscsi', 3260],
  ],
  'remote-access': [
    ['ssh', 22],
    ['telnet', 23, 992],
    ['rdp', 3389],
    ['vnc', 5900, 5901],
    ['winrm', 5985, 5986],
    ['x11', 6000],
  ],
  'name-service': [
    ['dns', 53, 853],
    ['kerberos', 88, 464],
    ['ldap', 389, 636, 3268, 3269],
    ['bgp', 179],
    ['whois', 43],
    ['syslog', 514, 6514],
    ['tacacs', 49],
    ['msrpc', 135],
  ],
  database: [
    ['mysql', 3306],
    ['postgresql', 5432],
    ['redis', 6379],
    ['mongodb', 27017],
    ['mssql', 1433],
    ['oracle', 1521],
    ['cassandra', 9042],
    ['memcached', 11211],
    ['elasticsearch', 9200, 9300],
    ['kafka', 9092],
    ['amqp', 5672],
    ['influxdb', 8086],
    ['clickhouse', 9000],
    ['etcd', 2379],
  ],
  conferencing: [
    ['sip', 5060, 5061],
    ['turn', 3478, 5349],
  ],
  video: [
    ['rtsp', 554, 8554],
    ['rtmp', 1935],
  ],
  social: [
    ['xmpp', 5222, 5269, 5223],
    ['irc', 6667, 6697],
  ],
  iot: [
    ['mqtt', 1883, 8883],
    ['modbus', 502],
    ['s7comm', 102],
    ['dnp3', 20000],
    ['opcua', 4840],
    ['ethernetip', 44818],
    ['iec104', 2404],
  ],
  'peer-to-peer': [
    ['bittorrent', 6881, 6882, 6883, 6884, 6885, 6886, 6887, 6888, 6889],
    ['bitcoin', 8333],
  ],
  vpn: [
    ['openvpn', 1194],
    ['pptp', 1723],
    ['socks', 1080],
    ['tor', 9001, 9030],
  ],
  gaming: [
    ['minecraft', 25565],
    ['battlenet', 1119],
  ],
}

const UDP: Partial<Record<TrafficClass, Ports>> = {
  web: [['quic', 443]],
  'name-service': [
    ['dns', 53, 853],
    ['mdns', 5353],
    ['llmnr', 5355],
    ['ntp', 123],
    ['dhcp', 67, 68],
    ['dhcpv6', 546, 547],
    ['snmp', 161, 162],
    ['syslog', 514],
    ['nbns', 137, 138],
    ['ssdp', 1900],
    ['radius', 1812, 1813],
    ['kerberos', 88],
    ['ptp', 319, 320],
    ['netflow', 2055, 4739],
    ['sflow', 6343],
    ['wsd', 3702],
  ],
  'file-transfer': [['tftp', 69]],
  conferencing: [
    ['stun', 3478, 3479, 19302, 5349],
    ['sip', 5060],
    ['zoom', 8801],
    ['teams', 3480, 3481],
  ],
  iot: [
    ['coap', 5683, 5684],
    ['bacnet', 47808],
    ['ethernetip', 2222, 44818],
    ['knx', 3671],
  ],
  'peer-to-peer': [['bittorrent', 6881]],
  vpn: [
    ['wireguard', 51820],
    ['openvpn', 1194],
    ['ike', 500, 4500],
    ['l2tp', 1701],
    ['vxlan', 4789],
  ],
  gaming: [
    ['source-engine', 27015, 27016],
    ['minecraft', 19132],
    ['xbox-live', 3074],
  ],
  'remote-access': [['rdp', 3389]],
}

export interface PortEntry {
  class: TrafficClass
  application: string
}

const index = (table: Partial<Record<TrafficClass, Ports>>): ReadonlyMap<number, PortEntry> => {
  const entries = new Map<number, PortEntry>()
  for (const [key, services] of Object.entries(table) as [TrafficClass, Ports][]) {
    for (const [application, ...ports] of services)
      for (const port of ports) entries.set(port, { class: key, application })
  }
  return entries
}

export const TCP_PORTS = index(TCP)
export const UDP_PORTS = index(UDP)
