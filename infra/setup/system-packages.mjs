/**
 * What Picket takes from the system, and why. `command` or `file` tells that it is there. An essential one that is
 * missing ends the set-up; without another one something is left out, which `without` names.
 */
export const SYSTEM_PACKAGES = [
  { name: 'python3', command: 'python3', why: 'node-gyp needs it to compile the capture addon', essential: true },
  { name: 'make', command: 'make', why: 'compiles the capture addon', essential: true },
  { name: 'g++', command: 'g++', why: 'compiles the capture addon', essential: true },
  // redis-tools holds the server's binary and, unlike redis-server, starts no system service when it is installed.
  {
    name: 'redis-tools',
    command: 'redis-server',
    alternatives: ['valkey-server', 'redis-check-rdb'],
    why: 'job queue and live feed, run privately',
    essential: true,
    unless: 'REDIS_URL',
  },
  {
    name: 'libpcap-dev',
    file: '/usr/include/pcap/pcap.h',
    why: 'the portable capture source',
    without: 'the libpcap capture source is left out; the ring source is used',
  },
]

/** What only the tests use. */
export const TEST_PACKAGES = [
  {
    name: 'chromium',
    command: 'chromium',
    alternatives: ['chromium-browser', 'google-chrome'],
    why: 'tests in a real browser',
    without: 'browser tests are skipped',
  },
  { name: 'iproute2', command: 'ip', why: 'tests in network namespaces', without: 'namespace tests are skipped' },
  { name: 'iputils-ping', command: 'ping', why: 'tests of link health', without: 'some namespace tests are skipped' },
  { name: 'ethtool', command: 'ethtool', why: 'tests in network namespaces', without: 'namespace tests are skipped' },
  {
    name: 'debootstrap',
    command: 'debootstrap',
    why: 'test that installs a sensor in a bare system',
    without: 'the installation test is skipped',
  },
]
