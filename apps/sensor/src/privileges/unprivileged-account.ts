import { readFileSync } from 'node:fs'

export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

/** In this order: the install script makes the first, every system has the second. */
const NAMES = ['picket-sensor', 'nobody']

/** Who a sensor started as root becomes, from passwd(5); undefined where there is no such account. */
export function unprivilegedAccount(passwd = readOrEmpty('/etc/passwd')): Account | undefined {
  const accounts = passwd.split('\n').map((line) => line.split(':'))
  for (const wanted of NAMES) {
    const [name, , uid, gid] = accounts.find(([name]) => name === wanted) ?? []
    if (name && Number(uid) > 0 && Number(gid) > 0) return { name, uid: Number(uid), gid: Number(gid) }
  }
  return undefined
}

function readOrEmpty(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
