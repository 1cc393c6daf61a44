import { closeSync, constants, fchownSync, openSync, readdirSync } from 'node:fs'
import type { Account } from './unprivileged-account.ts'

const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants

/**
 * Makes an account the owner of a folder and all in it. The account may have owned it before, so nothing in there is trusted:
 * every entry is opened below its opened parent and no symbolic link is followed, whoever moves things meanwhile.
 */
export function giveFolder(path: string, account: Account): void {
  give(openSync(path, O_RDONLY | O_NOFOLLOW), account)
}

function give(descriptor: number, account: Account): void {
  try {
    const own = `/proc/self/fd/${descriptor}`
    for (const entry of readdirSync(own, { withFileTypes: true })) {
      if (!entry.isDirectory() && !entry.isFile()) continue
      const child = openSync(`${own}/${entry.name}`, O_RDONLY | O_NOFOLLOW | O_NONBLOCK)
      if (entry.isDirectory()) give(child, account)
      else giveFile(child, account)
    }
    fchownSync(descriptor, account.uid, account.gid)
  } finally {
    closeSync(descriptor)
  }
}

function giveFile(descriptor: number, { uid, gid }: Account): void {
  try {
    fchownSync(descriptor, uid, gid)
  } finally {
    closeSync(descriptor)
  }
}
