import { CHUNK_OCTETS, plainFileName } from '#lib/models/import-file.ts'

/** Sends files of this computer piece by piece, so that it can be followed and stopped, whatever stands before the server. */
export class ImportUpload {
  /** Octets. */
  sent = $state(0)
  total = $state(0)
  active = $state(false)
  #stopping = new AbortController()

  /** Resolves with the id of the upload when every octet is there. Rejects with a message for people, or as AbortError. */
  async send(files: readonly File[]): Promise<string> {
    this.#stopping = new AbortController()
    const { signal } = this.#stopping
    this.sent = 0
    this.total = files.reduce((sum, { size }) => sum + size, 0)
    this.active = true
    const plan = files.map((file) => ({ name: plainFileName(file.name), octets: file.size }))
    let id: string | undefined
    try {
      const begun = await ask('/models/uploads', { method: 'POST', body: JSON.stringify({ files: plan }), signal })
      id = String(begun.id)
      for (const file of files) await this.#sendFile(id, file, signal)
      return id
    } catch (error) {
      // What is there is of no use any more; what cannot be told now is removed by the worker in a day.
      if (id !== undefined) void fetch(`/models/uploads/${id}`, { method: 'DELETE' }).catch(() => {})
      throw error
    } finally {
      this.active = false
    }
  }

  stop(): void {
    this.#stopping.abort()
  }

  async #sendFile(id: string, file: File, signal: AbortSignal): Promise<void> {
    const address = `/models/uploads/${id}/${encodeURIComponent(plainFileName(file.name))}`
    for (let offset = 0; offset < file.size; offset += CHUNK_OCTETS) {
      const body = file.slice(offset, offset + CHUNK_OCTETS)
      await ask(`${address}?offset=${offset}`, { method: 'PUT', body, signal })
      this.sent += body.size
    }
  }
}

async function ask(address: string, request: RequestInit): Promise<Record<string, unknown>> {
  const headers = { accept: 'application/json', 'content-type': 'application/octet-stream' }
  const response = await fetch(address, { ...request, headers }).catch((error: unknown) => {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new Error('The server could not be reached while sending, or a file was changed meanwhile.')
  })
  const answer = (await response.json().catch(() => ({}))) as Record<string, unknown>
  if (!response.ok) throw new Error(String(answer.message ?? answer.error ?? `The server answered ${response.status}.`))
  return answer
}
