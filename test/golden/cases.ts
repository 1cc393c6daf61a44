import { existsSync, readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'

/** A recorded case: `test/cases/NAME` with capture, expectation and origin. */
export interface Case {
  name: string
  capture: string
  expected: string
  class?: string
  normal: boolean
  findings: string[]
}

const folder = path.join(import.meta.dirname, '..', 'cases')

export const cases: readonly Case[] = readdirSync(folder)
  .filter((name) => existsSync(path.join(folder, name, 'case.json')))
  .map((name) => ({
    name,
    capture: path.join(folder, name, 'capture.pcap'),
    expected: path.join(folder, name, 'expected.ndjson'),
    ...(JSON.parse(readFileSync(path.join(folder, name, 'case.json'), 'utf8')) as Omit<
      Case,
      'name' | 'capture' | 'expected'
    >),
  }))
