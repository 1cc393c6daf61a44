import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './paths.mjs'

const LOCK = join(ROOT, '.picket', 'setup.lock')
const POLL_MS = 200

const isRunning = (pid) => {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return error.code === 'EPERM'
  }
}

function tryLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' })
    return true
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
  let holder = 0
  try {
    holder = Number(readFileSync(LOCK, 'utf8'))
  } catch {
    return false
  }
  // A lock left by an interrupted set-up holds nobody up.
  if (holder > 0 && !isRunning(holder)) rmSync(LOCK, { force: true })
  return false
}

/** Runs `work` while no other set-up of this clone runs; `onWait` is called once when it has to wait. */
export async function withSetupLock(work, onWait) {
  mkdirSync(join(ROOT, '.picket'), { recursive: true })
  for (let tries = 0; !tryLock(); tries++) {
    if (tries === 1) onWait()
    await new Promise((resolve) => setTimeout(resolve, POLL_MS))
  }
  const release = () => rmSync(LOCK, { force: true })
  process.on('exit', release)
  try {
    return await work()
  } finally {
    process.removeListener('exit', release)
    release()
  }
}
