import { randomUUID } from 'node:crypto'
import { chmod, link, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

/** Creates the folder if need be; only its owner may enter (0700). */
export async function ensurePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
}

/** Replaces the file as a whole, mode 0600: a reader sees the old or the new content, also after a power cut. */
export async function replacePrivateFile(file: string, content: string | Uint8Array): Promise<void> {
  const draft = await writeDraft(file, content)
  await rename(draft, file)
  await syncFolder(dirname(file))
}

/**
 * Creates the file, mode 0600, unless another process was first. Returns what the file holds in the end, so that two
 * processes that start together use one key.
 */
export async function createPrivateFile(file: string, content: string): Promise<string> {
  const draft = await writeDraft(file, content)
  try {
    await link(draft, file)
    await syncFolder(dirname(file))
    return content
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    return await readFile(file, 'utf8')
  } finally {
    await rm(draft, { force: true })
  }
}

/** The file's text, or undefined where there is none. */
export async function readIfPresent(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function writeDraft(file: string, content: string | Uint8Array): Promise<string> {
  const draft = `${file}.${randomUUID()}.draft`
  const handle = await open(draft, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    await handle.sync()
  } finally {
    await handle.close()
  }
  return draft
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}
