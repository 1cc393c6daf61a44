import { afterAll, beforeAll, expect, test } from 'vitest'
import { listHosts, listInterfaces, updateSettings } from '@picket/store'
import { Lab } from '../lab/lab.ts'
import { Fleet } from '../support/fleet.ts'
import { until } from '../support/until.ts'

const available = Lab.available()
if (!available) console.log('skipped: network namespaces need root on Linux')
const names = ['alpha', 'bravo', 'charlie']
let lab: Lab
let fleet: Fleet
let collectorAddress: string

beforeAll(async () => {
  if (!available) return
  lab = new Lab()
  for (const name of names) lab.addHost(name)
  collectorAddress = lab.addSelf()
  fleet = await Fleet.start({ listen: '0.0.0.0', names: collectorAddress })
  await updateSettings(fleet.database, { idleTimeoutMs: 3000 }, 'test')
})
afterAll(async () => {
  await fleet?.destroy()
  await lab?.destroy()
})

test.skipIf(!available)('three hosts enrol over the network and show their own interfaces and flows', async () => {
  await Promise.all(
    names.map((name) => fleet.startSensor({ name, host: collectorAddress, namespace: lab.host(name).namespace })),
  )
  lab.exec('alpha', 'ping', ['-c', '3', '-i', '0.2', lab.host('bravo').address])

  const hosts = await until('three hosts are online', async () => {
    const all = await listHosts(fleet.database)
    return all.length === 3 && all.every(({ presence }) => presence === 'online') ? all : undefined
  })
  expect(hosts.map(({ hostname }) => hostname).sort()).toEqual(names)
  for (const { sensorId, hostname } of hosts) {
    const interfaces = await until(`interfaces of ${hostname}`, async () => {
      const all = await listInterfaces(fleet.database, { sensorId })
      return all.some(({ interface: name }) => name === 'eth0') ? all : undefined
    })
    const eth0 = interfaces.find(({ interface: name }) => name === 'eth0')!
    expect(eth0.addresses).toContain(`${lab.host(hostname).address}/24`)
  }

  // Both ends of the ping meter the same conversation under one Community ID; the third host does not see it.
  const seenBy = await until(
    'the ping is stored by both its ends',
    async () => {
      const { rows } = await fleet.database.query<{ hostname: string; community_id: string }>(
        `select distinct s.hostname, f.community_id from flows f join sensors s on s.id = f.sensor_id
       where f.protocol = 1 and f.source_address = $1 and f.destination_address = $2`,
        [lab.host('alpha').address, lab.host('bravo').address],
      )
      return rows.length >= 2 ? rows : undefined
    },
    60_000,
  )
  expect(seenBy.map(({ hostname }) => hostname).sort()).toEqual(['alpha', 'bravo'])
  expect(new Set(seenBy.map(({ community_id }) => community_id)).size).toBe(1)
})
