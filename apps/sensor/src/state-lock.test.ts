import { platform } from 'node:os'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../test/temporary-folder.ts'
import { lockStateFolder } from './state-lock.ts'

describe.runIf(platform() === 'linux')('lock of a state folder', () => {
  test('is had by one at a time, and again once given back', async () => {
    const folder = temporaryFolder()
    const lock = await lockStateFolder(folder)
    await expect(lockStateFolder(`${folder}/.`)).rejects.toMatchObject({ code: 'state-in-use', exitCode: 2 })
    lock.release()
    const again = await lockStateFolder(folder)
    again.release()
  })
})
