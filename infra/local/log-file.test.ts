import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { LogFile } from './log-file.ts'

test('a log moves aside when it has grown to its bound and goes on', () => {
  const folder = mkdtempSync(join(tmpdir(), 'picket-log-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'x.log')
  const log = new LogFile(path, 100)
  for (let n = 0; n < 50; n++) log.write(`line ${n} ${'.'.repeat(20)}`)
  log.close()
  expect(statSync(path).size).toBeLessThanOrEqual(100)
  expect(statSync(`${path}.1`).size).toBeLessThanOrEqual(100)
  expect(readFileSync(path, 'utf8')).toContain('line 49')
  expect(log.lastLines).toHaveLength(20)

  const again = new LogFile(path, 100)
  again.write('after a restart')
  again.close()
  expect(readFileSync(path, 'utf8') + readFileSync(`${path}.1`, 'utf8')).toContain('line 49')
})
