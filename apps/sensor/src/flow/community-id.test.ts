import { expect, test } from 'vitest'
import { parseAddress } from '../capture/parse-address.ts'
import { communityId } from './community-id.ts'

// Published vectors of the specification, seed 0 (corelight/community-id-spec, baseline).
test.each([
  ['128.232.110.120', '66.35.250.204', [6, 34_855, 80], '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  ['66.35.250.204', '128.232.110.120', [6, 80, 34_855], '1:LQU9qZlK+B5F3KDmev6m5PMibrg='],
  ['192.168.1.52', '8.8.8.8', [17, 54_585, 53], '1:d/FP5EW3wiY1vCndhwleRRKHowQ='],
  ['192.168.170.8', '192.168.170.56', [132, 7, 7], '1:MP2EtRCAUIZvTw6MxJHLV7N7JDs='],
  [
    '2001:470:e5bf:dead:4957:2174:e82c:4887',
    '2607:f8b0:400c:c03::1a',
    [6, 63_943, 25],
    '1:/qFaeAR+gFe1KYjMzVDsMv+wgU4=',
  ],
  ['192.168.0.89', '192.168.0.1', [1, 8, 0], '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  ['192.168.0.1', '192.168.0.89', [1, 0, 8], '1:X0snYXpgwiv9TZtqg64sgzUn6Dk='],
  ['fe80::200:86ff:fe05:80da', 'fe80::260:97ff:fe07:69ea', [58, 135, 136], '1:dGHyGvjMfljg6Bppwm3bg0LO8TY='],
  ['fe80::260:97ff:fe07:69ea', 'fe80::200:86ff:fe05:80da', [58, 136, 135], '1:dGHyGvjMfljg6Bppwm3bg0LO8TY='],
  ['fe80::200:86ff:fe05:80da', 'ff02::2', [58, 133, 134], '1:hO+sN4H+MG5MY/8hIrXPqc4ZQz0='],
  ['10.1.12.1', '10.1.12.2', [46, 0, 0], '1:KHlLkgoJW7ifUTyTSgyVfkFHzKw='],
  ['10.1.12.2', '10.1.12.1', [46, 0, 0], '1:KHlLkgoJW7ifUTyTSgyVfkFHzKw='],
])('%s -> %s protocol and ports %j', (from, to, [protocol, sourcePort, destinationPort], expected) => {
  const sourceAddress = parseAddress(from) as Uint8Array
  const destinationAddress = parseAddress(to) as Uint8Array
  const tuple = { sourceAddress, destinationAddress, protocol, sourcePort, destinationPort, oneWay: false }
  expect(communityId(tuple)).toBe(expected)
})

test.each([
  ['3ffe:501:410:0:2c0:dfff:fe47:33e', '3ffe:507:0:1:200:86ff:fe05:80da', [58, 1, 4], '1:hLZd0XGWojozrvxqE0dWB1iM6R0='],
  ['3ffe:501:1800:2345::2', '3ffe:507:0:1:200:86ff:fe05:80da', [58, 3, 0], '1:2ObVBgIn28oZvibYZhZMBgh7WdQ='],
  ['10.0.0.1', '10.0.0.2', [1, 11, 0], '1:YHxtAirCG//0OzkcVAukqKQN9xM='],
])('one-way ICMP keeps its direction: %s -> %s', (from, to, [protocol, sourcePort, destinationPort], expected) => {
  const sourceAddress = parseAddress(from) as Uint8Array
  const destinationAddress = parseAddress(to) as Uint8Array
  expect(communityId({ sourceAddress, destinationAddress, protocol, sourcePort, destinationPort, oneWay: true })).toBe(
    expected,
  )
})
