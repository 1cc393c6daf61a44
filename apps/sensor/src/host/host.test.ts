import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { eventually } from '../../test/eventually.ts'
import { temporaryFolder } from '../../test/temporary-folder.ts'
import { HostSample } from '@picket/proto'
import { Telemetry } from '../telemetry.ts'
import { BusiestProcesses, parseProcessStat } from './busiest-processes.ts'
import { Cached } from './cached.ts'
import { HostSampler } from './host-sampler.ts'
import { parseMounts } from './disk-reader.ts'
import { busyShare, parseMemory, parseStat } from './proc-reader.ts'
import { readTemperature } from './temperature-reader.ts'

const statLine = (pid: number, name: string, userTicks: number) =>
  `${pid} (${name}) S 1 1 1 0 -1 4194304 1 0 0 0 ${userTicks} 5 0 0 20 0 1 0 1 1000 250 18446744073709551615 0`

describe('/proc', () => {
  test('cores: busy without idle and waiting, guest time not twice', () => {
    const { all, cores } = parseStat(
      'cpu  20 0 20 50 10 0 0 0 15 0\ncpu0 10 0 10 25 5 0 0 0 0 0\ncpu1 10 0 10 25 5 0 0 0 0 0\nintr 1\n',
    )
    expect(all).toEqual({ busy: 40, total: 100 })
    expect(cores).toHaveLength(2)
    expect(busyShare({ busy: 40, total: 100 }, { busy: 50, total: 120 })).toBe(0.5)
    expect(busyShare(all, all)).toBe(0)
  })

  test('memory: in use is what is not available', () => {
    const text = 'MemTotal:  1000 kB\nMemFree:  100 kB\nMemAvailable:  400 kB\nSwapTotal:  50 kB\nSwapFree:  20 kB\n'
    expect(parseMemory(text)).toEqual({ memoryTotalBytes: 1_024_000, memoryUsedBytes: 614_400, swapUsedBytes: 30_720 })
  })

  test('process names may hold anything', () => {
    expect(parseProcessStat(statLine(7, 'a) (b', 100))).toEqual({ pid: 7, name: 'a) (b', ticks: 105, memoryPages: 250 })
    expect(parseProcessStat('')).toBeUndefined()
  })

  test('the busiest processes since the reading before come first', async () => {
    const proc = temporaryFolder()
    const write = (pid: number, name: string, ticks: number) => {
      mkdirSync(join(proc, String(pid)), { recursive: true })
      writeFileSync(join(proc, String(pid), 'stat'), statLine(pid, name, ticks))
    }
    write(1, 'steady', 5000)
    write(2, 'busy', 0)
    const busiest = new BusiestProcesses(proc)
    await busiest.read(1000)
    write(1, 'steady', 5010)
    write(2, 'busy', 150)
    write(3, 'new', 90_000)
    const [first, second, third] = await busiest.read(2000)
    expect(first).toMatchObject({ pid: 2, name: 'busy', cpuCores: 1.5, memoryBytes: 1_024_000 })
    expect(second).toMatchObject({ name: 'steady', cpuCores: 0.1 })
    expect(third).toMatchObject({ name: 'new', cpuCores: 0 })
  })
})

describe('disks and temperature', () => {
  test('each local disk once, at its shortest place; what is packed, made up or served by others is left out', () => {
    const text = [
      'proc /proc proc rw 0 0',
      '/dev/sda1 /var/lib/a\\040b ext4 rw 0 0',
      '/dev/sda1 / ext4 rw 0 0',
      '/dev/loop0 /snap/x squashfs ro 0 0',
      'tank/home /home zfs rw 0 0',
      'server:/export /mnt/far nfs4 rw 0 0',
      '/dev/sdb1 /mnt/with\\040blank xfs rw 0 0',
      'tmpfs /run tmpfs rw 0 0',
      '',
    ].join('\n')
    expect(parseMounts(text)).toEqual([
      { device: '/dev/sda1', mount: '/' },
      { device: 'tank/home', mount: '/home' },
      { device: '/dev/sdb1', mount: '/mnt/with blank' },
    ])
  })

  test('the hottest sensor of the processor, by its driver or its thermal zone', async () => {
    const sys = temporaryFolder()
    const write = (folder: string, files: Record<string, string>) => {
      mkdirSync(join(sys, 'class', folder), { recursive: true })
      for (const [name, text] of Object.entries(files)) writeFileSync(join(sys, 'class', folder, name), `${text}\n`)
    }
    expect(await readTemperature(sys)).toBeUndefined()
    write('thermal/thermal_zone0', { type: 'acpitz', temp: '90000' })
    write('thermal/thermal_zone1', { type: 'x86_pkg_temp', temp: '41000' })
    expect(await readTemperature(sys)).toBe(41)
    write('hwmon/hwmon0', { name: 'nvme', temp1_input: '70000' })
    write('hwmon/hwmon1', { name: 'coretemp', temp1_input: '45500', temp2_input: '47250', temp2_max: '99000' })
    expect(await readTemperature(sys)).toBe(47.25)
  })
})

describe('cached reading', () => {
  test('is not repeated within its lifetime, even when it failed', async () => {
    let reads = 0
    const cached = new Cached(0, 1000, () => {
      reads++
      return reads === 1 ? Promise.resolve(7) : Promise.reject(new Error('no'))
    })
    expect(await cached.get(0)).toBe(7)
    expect(await cached.get(999)).toBe(7)
    await expect(cached.get(1000)).rejects.toThrow('no')
    expect(await cached.get(1500)).toBe(7)
    expect(reads).toBe(2)
  })
})

describe('host sampler', () => {
  test('samples this host, the sensor itself included', async () => {
    const samples: HostSample[] = []
    const sampler = new HostSampler({
      nowUs: () => Date.now() * 1000,
      telemetry: new Telemetry(),
      onSample: (sample) => samples.push(sample),
      intervalMs: 50,
    })
    await sampler.start()
    await eventually('two samples', () => samples.length >= 2)
    await sampler.stop()
    const [sample] = samples
    expect(sample?.coreUtilization.length).toBeGreaterThan(0)
    expect(sample?.memoryTotalBytes).toBeGreaterThan(sample?.memoryUsedBytes ?? Infinity)
    expect(sample?.disks.length).toBeGreaterThan(0)
    expect(sample?.processes.length).toBeLessThanOrEqual(10)
    expect(sample?.sensorMemoryBytes).toBeGreaterThan(2 ** 20)
    expect(() => HostSample.encode(sample ?? HostSample.create()).finish()).not.toThrow()
  })
})
