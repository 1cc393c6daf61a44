import type { TrafficClass } from './traffic-classes.ts'

/**
 * What the first label of a name nobody knows still says: `smtp.example.org` is mail whoever runs it. Trailing digits are
 * ignored (`mx2`).
 */
export const CLASS_OF_FIRST_LABEL: ReadonlyMap<string, TrafficClass> = new Map<string, TrafficClass>([
  ...(['mail', 'smtp', 'smtps', 'imap', 'imaps', 'pop', 'pop3', 'mx', 'webmail'] as const).map(
    (label) => [label, 'mail'] as const,
  ),
  ...(['ftp', 'sftp', 'backup', 'files'] as const).map((label) => [label, 'file-transfer'] as const),
  ...(['vpn', 'wireguard', 'openvpn'] as const).map((label) => [label, 'vpn'] as const),
  ...(['ntp', 'dns', 'ns', 'doh', 'ldap'] as const).map((label) => [label, 'name-service'] as const),
  ...(['turn', 'stun', 'sip', 'meet'] as const).map((label) => [label, 'conferencing'] as const),
  ...(['update', 'updates', 'mirror', 'repo', 'packages'] as const).map((label) => [label, 'software-update'] as const),
  ...(['mqtt', 'iot'] as const).map((label) => [label, 'iot'] as const),
  ...(['video', 'stream', 'vod'] as const).map((label) => [label, 'video'] as const),
])
