import { readFileSync } from 'node:fs'

const CHECK_INTERVAL_MS = 500

/** Calls back once when the process that started this one, or the npm above its shell, is gone. */
export function watchParents(onGone: () => void): { stop(): void } {
  const links = linksAbove()
  const timer = setInterval(() => {
    if (links.every(({ child, parent }) => parentOf(child) === parent)) return
    clearInterval(timer)
    onGone()
  }, CHECK_INTERVAL_MS)
  timer.unref()
  return { stop: () => clearInterval(timer) }
}

interface Link {
  readonly child: number
  readonly parent: number | undefined
}

/** From this process up: the script that handed over to it and the shell of npm, where there are any, then who started them. */
function linksAbove(): Link[] {
  const links: Link[] = [{ child: process.pid, parent: process.ppid }]
  const climb = (child: number) => {
    links.push({ child, parent: parentOf(child) })
    return parentOf(child)
  }
  let above: number | undefined = process.ppid
  if (String(above) === process.env.PICKET_HANDED_OVER_BY) above = climb(above)
  if (above !== undefined && isShell(above)) climb(above)
  return links
}

function isShell(pid: number): boolean {
  return process.env.npm_lifecycle_event !== undefined && /\((?:sh|dash|bash)\)/.test(statOf(pid))
}

function parentOf(pid: number): number | undefined {
  if (pid === process.pid) return process.ppid
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
