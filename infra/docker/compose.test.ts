import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parse } from 'yaml'
import { ROOT } from '../setup/paths.mjs'

interface Service {
  image?: string
  build?: { context: string; dockerfile: string }
  command?: string[]
  depends_on?: Record<string, { condition: string }>
  volumes?: string[]
  healthcheck?: object
  network_mode?: string
  cap_add?: string[]
  cap_drop?: string[]
}

const compose = parse(readFileSync(join(import.meta.dirname, 'compose.yaml'), 'utf8'), { merge: true }) as {
  services: Record<string, Service>
  volumes: Record<string, unknown>
}
const services = Object.entries(compose.services)
const FLOATING = /:(latest|stable|\d+)?$/

test('the whole fleet is there', () => {
  for (const name of ['database', 'redis', 'migrations', 'collector', 'worker', 'console', 'administrator', 'sensor']) {
    expect(compose.services[name], name).toBeDefined()
  }
})

test.each(services)(
  '%s: its image is pinned, its command exists, its volumes and dependencies are declared',
  (_name, service) => {
    expect(service.image).toMatch(/:\d+\.\d+\.\d+/)
    for (const word of service.command ?? []) {
      if (/^(apps|packages)\/\S+\.(ts|mjs)$/.test(word)) expect(existsSync(join(ROOT, word)), word).toBe(true)
    }
    for (const volume of service.volumes ?? []) {
      const source = volume.split(':')[0] ?? ''
      if (!source.startsWith('.')) expect(Object.keys(compose.volumes)).toContain(source)
    }
    for (const [name, { condition }] of Object.entries(service.depends_on ?? {})) {
      expect(Object.keys(compose.services)).toContain(name)
      if (condition === 'service_healthy') expect(compose.services[name]?.healthcheck, name).toBeDefined()
    }
  },
)

test('the sensor sees the host network with one capability and no more', () => {
  expect(compose.services.sensor).toMatchObject({
    network_mode: 'host',
    cap_drop: ['ALL'],
    cap_add: ['NET_RAW'],
  })
})

test.each(['fleet.Dockerfile', 'sensor.Dockerfile'])('%s: every base image is pinned', (name) => {
  const text = readFileSync(join(import.meta.dirname, name), 'utf8')
  const images = [...text.matchAll(/^FROM (\S+)/gm)].map((match) => match[1] ?? '')
  expect(images.length).toBeGreaterThan(0)
  for (const image of images) {
    expect(image).toContain(':')
    expect(image).not.toMatch(FLOATING)
  }
})
