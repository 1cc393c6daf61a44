import { readFileSync } from 'node:fs'

const CHECK_INTERVAL_MS = 500

/** Calls back once when the process that started this one, or the npm above its shell, is gone. */
export function watchParents(onGone: () => void): { stop(): void } {
  const parent = process.ppid
  const above = isShell(parent) ? parentOf(parent) : undefined
  const timer = setInterval(() => {
    const isSame = process.ppid === parent && (above === undefined || parentOf(parent) === above)
    if (isSame) return
    clearInterval(timer)
    onGone()
  }, CHECK_INTERVAL_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

function isShell(pid: number): boolean {
  return process.env.npm_lifecycle_event !== undefined && /\((?:sh|dash|bash)\)/.test(statOf(pid))
}

function parentOf(pid: number): number | undefined {
  const stat = statOf(pid)
  return stat === '' ? undefined : Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1])
}

function statOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return ''
  }
}
