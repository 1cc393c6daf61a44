import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { loadProcessAddon } from '../process-addon.ts'
import { FlowRecords } from './flow-records.ts'
import { RECORD_WORDS } from './layout.ts'

const probe = new ArrayBuffer(8 << 20)
const hasHugePages = loadProcessAddon()?.preferHugePages(probe, 0) ?? false
if (!hasHugePages) console.log('skipped: pages of flow records: no addon is built, or the kernel has no huge pages')

/** Octets of this process that the kernel was asked to back with huge pages (proc_pid_smaps(5)). */
function advised(): number {
  const mappings = readFileSync('/proc/self/smaps', 'utf8').split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)
  const sizes = mappings.filter((one) => /^VmFlags:.* hg\b/m.test(one)).map((one) => /^Size: +(\d+)/m.exec(one)?.[1])
  return sizes.reduce((sum, kibibytes) => sum + Number(kibibytes) * 1024, 0)
}

test.skipIf(!hasHugePages)('records lie in huge pages, but for the first 2 MiB', () => {
  const before = advised()
  const records = new FlowRecords(100_000)
  const octets = records.capacity * RECORD_WORDS * 4
  const asked = advised() - before
  expect(asked).toBeGreaterThan(octets - (2 << 20) - 2 * 4096)
  expect(asked).toBeLessThanOrEqual(octets - (2 << 20) + 4096)
  // Held so long: given back in between, it would be missing from what was asked.
  expect(probe.byteLength).toBe(8 << 20)
})
