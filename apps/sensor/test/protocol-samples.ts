import { concat, text, uint16, uint32 } from './packets.ts'

/** A conversation that is of one protocol and no other: messages in their order, `<` before those of the responder. */
export interface ProtocolSample {
  protocol: string
  transport: 'tcp' | 'udp'
  port: number
  messages: (Uint8Array | ['<', Uint8Array])[]
  fields?: Record<string, string>
}

const hex = (digits: string): Uint8Array => new Uint8Array(Buffer.from(digits.replaceAll(' ', ''), 'hex'))
const back = (octets: Uint8Array): ['<', Uint8Array] => ['<', octets]
const utf16 = (value: string): Uint8Array => new Uint8Array(Buffer.from(value, 'utf16le'))
const zeros = (count: number): Uint8Array => new Uint8Array(count)
const tcp = (
  protocol: string,
  port: number,
  messages: ProtocolSample['messages'],
  fields?: Record<string, string>,
): ProtocolSample => ({
  protocol,
  transport: 'tcp',
  port,
  messages,
  fields,
})
const udp = (
  protocol: string,
  port: number,
  messages: ProtocolSample['messages'],
  fields?: Record<string, string>,
): ProtocolSample => ({
  protocol,
  transport: 'udp',
  port,
  messages,
  fields,
})
const SIP = 'OPTIONS sip:bob@example.org SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.1\r\n\r\n'
const NTLM = concat(
  text('NTLMSSP\0'),
  hex('03000000 0000000000000000 0000000000000000'),
  hex('06000600 40000000 08000800 46000000 04000400 4e000000 0000000000000000 01000000'),
  hex('4c0041004200 61006c0066006100 70006300'),
)

/** Octets as the specifications of the protocols have them, written out for these tests. */
export const SAMPLES: ProtocolSample[] = [
  tcp('smtp', 2500, [text('EHLO client.example\r\n')], { 'smtp.client.name': 'client.example' }),
  tcp('imap', 1430, [back(text('* OK IMAP4rev1 ready\r\n'))], { 'imap.server.greeting': 'OK IMAP4rev1 ready' }),
  tcp('pop3', 1100, [back(text('+OK POP3 ready\r\n')), text('USER alfa\r\n')], { 'pop3.command': 'USER' }),
  tcp('ftp', 2121, [back(text('220 FTP server\r\n')), text('USER alfa\r\n')], { 'user.name': 'alfa' }),
  tcp('irc', 6667, [text('NICK alfa\r\nUSER alfa 0 * :Alfa\r\n')], { 'irc.nick': 'alfa' }),
  tcp('xmpp', 5222, [text("<?xml version='1.0'?><stream:stream xmlns='jabber:client' to='example.org'>")], {
    'xmpp.stream': 'open',
  }),
  tcp('rtsp', 8554, [text('DESCRIBE rtsp://192.0.2.2/a RTSP/1.0\r\nCSeq: 1\r\n\r\n')], { 'rtsp.method': 'DESCRIBE' }),
  tcp('nats', 4222, [back(text('INFO {"server_id":"A"}\r\n'))]),
  tcp('git', 9418, [text('0033git-upload-pack /project.git\0host=example.org\0')], {
    'git.request': 'git-upload-pack /project.git',
  }),
  tcp('rsync', 873, [back(text('@RSYNCD: 31.0\n'))], { 'rsync.version': '31.0' }),
  tcp('redis', 6379, [text('*1\r\n$4\r\nPING\r\n')], { 'redis.command': 'PING' }),
  tcp('memcached', 11211, [text('stats\r\n')], { 'memcached.command': 'stats' }),
  tcp('rfb', 5900, [back(text('RFB 003.008\n'))], { 'rfb.version': '003.008' }),
  tcp('telnet', 23, [back(hex('fffd18 fffd20 fffd23'))]),
  tcp('bgp', 179, [concat(zeros(16).fill(0xff), hex('001d01 04 fde8 00b4 c0000201 00'))], { 'bgp.as': '65000' }),
  tcp('smb', 445, [concat(hex('00000040 fe534d42 4000'), zeros(58))], { 'smb.version': '2' }),
  tcp('smb', 445, [concat(hex('000000a8 fe534d42 4000 0000 00000000 0100'), zeros(50), zeros(24), NTLM)], {
    'ntlm.domain': 'LAB',
    'user.name': 'alfa',
    'ntlm.host': 'pc',
  }),
  tcp(
    'smb',
    445,
    [
      concat(
        hex('00000045 ff534d42 72'),
        zeros(27),
        hex('00 2200'),
        text('\x02NT LM 0.12\0\x02SMB 2.002\0\x02SMB 2.???\0'),
      ),
      back(concat(hex('00000025 ff534d42 72'), zeros(27), hex('01 0100 0000'))),
    ],
    { 'smb.version': '1', 'smb.dialect': 'SMB 2.002' },
  ),
  tcp(
    'smb',
    445,
    [
      concat(hex('00000040 fe534d42 4000'), zeros(58)),
      back(
        concat(
          hex('00000080 fe534d42 4000 0000 00000000 0000 0100 01000000'),
          zeros(44),
          hex('4100 0100 1103'),
          zeros(58),
        ),
      ),
      concat(
        hex('00000058 fe534d42 4000 0000 00000000 0300'),
        zeros(50),
        hex('0900 0000 4800 1000'),
        utf16('\\\\a\\data'),
      ),
    ],
    { 'smb.dialect': '3.11', 'smb.share': '\\\\a\\data' },
  ),
  tcp('rdp', 33890, [hex('0300 0013 0e e0 0000 0000 00 0100 0800 03000000')], { 'rdp.message': 'connection-request' }),
  tcp('dce_rpc', 135, [
    concat(
      hex('05000b03 10000000 4800 0000 01000000 d016d016 00000000 01000000 00000100'),
      hex('08 83af e1 1f5d c911 91a4 08002b14a0fa 03000000'),
      zeros(20),
    ),
  ]),
  tcp('kerberos', 88, [concat(uint32(20), hex('6a12 3010 a103020105 a20302010a a4043002 0500'))], {
    'kerberos.message': 'AS-REQ',
  }),
  tcp('ldap', 389, [hex('300c 020101 6007 020103 0400 8000')], { 'ldap.version': '3' }),
  tcp('mssql', 1433, [hex('1201 001d 0000 0000 00 0015 0006 01 001b 0001 ff 0000000000000000 0000')]),
  tcp('postgresql', 5432, [concat(uint32(41), uint32(0x30000), text('user\0alfa\0database\0lab\0\0\0\0\0\0\0\0'))], {
    'user.name': 'alfa',
  }),
  tcp('mysql', 3306, [back(concat(hex('1f0000 00 0a'), text('8.0.36\0'), zeros(23)))], {
    'mysql.server.version': '8.0.36',
  }),
  tcp('mongodb', 27017, [concat(hex('1a000000 01000000 00000000 dd070000 00000000 00'), hex('0500000000'))]),
  tcp('cassandra', 9042, [hex('04 00 0000 05 00000000')]),
  tcp('kafka', 9092, [concat(uint32(14), uint16(18, 3), uint32(1), uint16(4), text('test'))], {
    'kafka.client_id': 'test',
  }),
  tcp('mqtt', 18830, [concat(hex('10 10 0004'), text('MQTT'), hex('04 02 003c 0004'), text('test'))], {
    'mqtt.client_id': 'test',
    'mqtt.version': '3.1.1',
  }),
  tcp('amqp', 5672, [concat(text('AMQP'), hex('00000901'))], { 'amqp.version': '0.9.1' }),
  tcp('ajp', 8009, [concat(hex('1234 0010 02 02'), zeros(14))]),
  tcp('modbus', 502, [hex('0001 0000 0006 11 03 006b 0003')], { 'modbus.function': '3', 'modbus.unit': '17' }),
  tcp('dnp3', 20000, [hex('0564 05 c9 0000 0000 364c')], { 'dnp3.destination': '0' }),
  tcp('s7comm', 102, [
    hex('0300 0016 11e0 0000 0001 00 c0010a c1020100 c2020102'),
    hex('0300 0019 02f080 32010000 0000 0008 0000 f000 0001 0001 01e0'),
  ]),
  tcp('ethernetip', 44818, [concat(hex('6500 0400 00000000 00000000'), zeros(12), hex('01000000'))], {
    'ethernetip.command': '0x0065',
  }),
  tcp(
    'opcua',
    4840,
    [
      concat(
        text('HELF'),
        hex('2f000000 00000000 00000100 00000100 00000000 00000000 0f000000'),
        text('opc.tcp://a:4840'.slice(0, 15)),
      ),
    ],
    { 'opcua.endpoint': 'opc.tcp://a:484' },
  ),
  tcp(
    'socks',
    1080,
    [hex('05 01 00'), back(hex('05 00')), concat(hex('05 01 00 03 0b'), text('example.org'), uint16(443))],
    { 'socks.destination': 'example.org' },
  ),
  tcp('minecraft', 25565, [concat(hex('10 00 fb05 09'), text('localhost'), uint16(25565), hex('02'))]),
  tcp('bittorrent', 51413, [concat(text('\x13BitTorrent protocol'), zeros(48))]),
  tcp('whatsapp', 443, [concat(text('WA'), hex('0603 000024 1222'), zeros(30))]),
  tcp('telegram', 443, [concat(hex('ef 0a 0000000000000000'), zeros(32).fill(7))]),
  tcp('http2', 80, [concat(text('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'), hex('000000 04 00 00000000'))]),
  udp('ntp', 123, [concat(hex('23'), zeros(47))], { 'ntp.version': '4', 'ntp.mode': '3' }),
  udp('dhcp', 67, [concat(hex('010106 00'), zeros(232), hex('63825363 350101 0c03 616263 ff'))], {
    'dhcp.message_type': 'discover',
    'dhcp.host_name': 'abc',
  }),
  udp('dhcpv6', 547, [hex('01 123456 0008 0002 0000')], { 'dhcpv6.message_type': '1' }),
  udp('snmp', 161, [hex('3018 020101 0406 7075626c6963 a00b 020101 020100 020100 3000')], {
    'snmp.version': '2c',
    'snmp.operation': '0xa0',
  }),
  udp('syslog', 514, [text('<34>1 2026-10-11T22:14:15.003Z host app - - - hello')], {
    'syslog.facility': '4',
    'syslog.severity': '2',
  }),
  udp('tftp', 69, [concat(uint16(1), text('boot.img\0octet\0'))], { 'file.path': 'boot.img' }),
  udp('radius', 1812, [concat(hex('01 05 001a'), zeros(16), hex('01 06'), text('alfa'))], { 'user.name': 'alfa' }),
  udp('ssdp', 1900, [text('M-SEARCH * HTTP/1.1\r\nMAN: "ssdp:discover"\r\n\r\n')]),
  udp('stun', 3478, [concat(hex('0001 0000 2112a442'), zeros(12).fill(3))], { 'stun.method': '1' }),
  udp('turn', 3478, [concat(hex('0003 0008 2112a442'), zeros(12).fill(3), hex('0019 0004 11000000'))], {
    'stun.method': '3',
  }),
  udp('sip', 5060, [text(SIP)], { 'sip.method': 'OPTIONS', 'sip.uri': 'sip:bob@example.org' }),
  udp('dtls', 4433, [concat(hex('16 fefd 0000 000000000000 0010 03 000004 0000 000000 000004 fefd 00 00'))]),
  udp('wireguard', 51820, [concat(hex('01000000'), zeros(144).fill(5))]),
  udp('ike', 500, [concat(zeros(8).fill(1), zeros(8), hex('2120 22 08 00000000 0000001c'))], { 'ike.version': '2' }),
  udp('openvpn', 1194, [
    concat(hex('38'), zeros(8).fill(6), hex('00 00000000')),
    back(concat(hex('40'), zeros(8).fill(7), hex('01 00000000'), zeros(8).fill(6), hex('00000000'))),
  ]),
  udp('bittorrent', 6881, [text('d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe')]),
  udp('coap', 5683, [concat(hex('40 01 1234 b4'), text('temp'))], { 'url.path': '/temp' }),
  udp('bacnet', 47808, [hex('810b 000c 0120ffff00ff1008')], { 'bacnet.function': '11' }),
  udp('netflow', 2055, [concat(uint16(5, 1), zeros(20), zeros(48))], { 'netflow.version': '5' }),
  udp('ipfix', 4739, [concat(uint16(10, 16), uint32(1_795_384_000), zeros(8))]),
  udp('sflow', 6343, [concat(uint32(5), uint32(1), zeros(20))]),
  udp(
    'rtp',
    40000,
    [0, 1, 2].map((i) =>
      concat(hex('8000'), uint16(100 + i), uint32(i * 160), uint32(0x12345678), zeros(160).fill(0xd5)),
    ),
  ),
  udp('rtcp', 40001, [concat(hex('80c8 0006 12345678'), zeros(20))]),
  udp('raknet', 32953, [hex('840000004000900000000900000000490f027c000000000015e93b00')]),
  udp('raknet', 44501, [hex('c000050100000001000000010000000100000001000000')]),
  udp('raknet', 45693, [concat(hex('01'), zeros(30), hex('7b00ffff00fefefefefdfdfdfd12345678'), zeros(20))]),
  udp('raknet', 50000, [concat(hex('01'), zeros(8), hex('00ffff00fefefefefdfdfdfd12345678'), zeros(8))]),
  udp('steam', 27015, [concat(hex('ffffffff'), text('TSource Engine Query\0'))]),
  udp('discord', 50001, [concat(hex('0001 0046 00001234'), zeros(66))]),
  udp('zoom', 50002, [concat(hex('1f020100'), zeros(20), uint32(11), text('192.168.1.2'))]),
  udp('telegram', 533, [concat(zeros(16).fill(4), hex('ffffffff ffffffff fffffffe ffffffff 0011223344556677'))]),
  udp('gtp', 2152, [hex('30 ff 0004 00000001 45000000')]),
  tcp('websocket', 8080, [
    text('GET /chat HTTP/1.1\r\nHost: example.org\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n'),
    back(text('HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n')),
  ]),
  // "Hello" masked and plain, as RFC 6455 section 5.7 has them.
  tcp('websocket', 8081, [hex('8185 37fa213d 7f9f4d5158'), back(hex('8105 48656c6c6f'))]),
  tcp('mms', 102, [
    hex('0300 0016 11e0 0000 0001 00 c0010a c1020100 c2020102'),
    hex('0300 0017 02f080 0d0f 0506 1301 0016 0102 1402 0002 3402'),
  ]),
  tcp(
    'dce_rpc',
    135,
    [
      concat(
        hex('05000b03 10000000 4800 0000 01000000 d016d016 00000000 01000000 00000100'),
        hex('0883afe1'),
        zeros(36),
      ),
    ],
    { 'dce_rpc.interface': 'epmapper' },
  ),
  udp('dnscrypt', 8443, [back(concat(text('r6fnvWj8'), zeros(56).fill(3)))]),
  udp('wsd', 3702, [text('<?xml version="1.0"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">')]),
  udp('nbns', 137, [concat(uint16(1, 0x0110, 1, 0, 0, 0), hex('20'), text('CK'.padEnd(32, 'A')), hex('00 0021 0001'))]),
  udp(
    'nbdgm',
    138,
    [
      concat(
        hex('11 02 0001 c0000201 008a 0044 0000'),
        ...['FHEPFCELFDFEEBFEEJEPEODBCACACAAA', 'FHEPFCELEHFCEPFFFACACACACACACABN'].map((name) =>
          concat(hex('20'), text(name), hex('00')),
        ),
      ),
    ],
    { 'netbios.source.name': 'workstation1<00>', 'netbios.destination.name': 'workgroup<1d>' },
  ),
  udp('llmnr', 5355, [concat(uint16(1, 0, 1, 0, 0, 0), hex('05'), text('alpha'), hex('00 0001 0001'))]),
  udp('esp', 4500, [concat(hex('c0ffee01 00000001'), zeros(64).fill(9))]),
  udp('bittorrent', 50_123, [
    hex('4100 2a10 00000064 00000000 00100000 0001 0000'),
    back(hex('2100 2a10 00000099 00000035 00100000 7001 0001')),
  ]),
  udp('bfd', 3784, [concat(hex('20 40 03 18'), zeros(20))]),
]
