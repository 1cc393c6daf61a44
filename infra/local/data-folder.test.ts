import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DataFolder } from './data-folder.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'picket-data-test-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

test('a second instance on the same folder is refused, after the first has closed it is not', () => {
  const first = new DataFolder(folder)
  const second = new DataFolder(folder)
  first.open()
  expect(() => second.open()).toThrow(
    `another Picket already runs on the data folder ${folder} (process ${process.pid})`,
  )
  second.close()
  expect(() => second.open()).toThrow('another Picket')
  first.close()
  second.open()
})

test('a lock of a process that is gone, or whose number was given anew, is taken over', () => {
  const { pid } = spawnSync(process.execPath, ['--version'])
  for (const lock of [`${pid} some-boot/1`, `${process.pid} another-boot/1`, '']) {
    writeFileSync(join(folder, 'lock'), lock)
    const data = new DataFolder(folder)
    data.open()
    data.close()
  }
})

test('a folder of a newer version is refused', () => {
  writeFileSync(join(folder, 'format'), '99\n')
  expect(() => new DataFolder(folder).open()).toThrow('was written by a newer Picket (format 99')
})

test('a folder that is a file is refused', () => {
  const file = join(folder, 'file')
  writeFileSync(file, '')
  expect(() => new DataFolder(file).open()).toThrow(`the data folder ${file} cannot be used`)
})

test('a secret is made once, long, and only its owner may read it', () => {
  const data = new DataFolder(folder)
  data.open()
  const secret = data.secret('word')
  expect(secret).toHaveLength(43)
  expect(data.secret('word')).toBe(secret)
  expect(readFileSync(join(data.secrets, 'word'), 'utf8')).toBe(secret)
  expect(statSync(join(data.secrets, 'word')).mode & 0o777).toBe(0o600)
  expect(statSync(data.secrets).mode & 0o777).toBe(0o700)
})
