import { join } from 'node:path'
import type { Rejection } from '@picket/proto'
import { writeAtomically } from '../atomic-file.ts'
import type { SpoolRecord } from '../spool/record.ts'

/** Keeps the first rejected payload of every code in a run, so that the cause can be looked at. */
export class RejectedSamples {
  readonly #folder: string
  readonly #kept = new Set<string>()

  constructor(folder: string) {
    this.#folder = folder
  }

  async keep(rejection: Rejection, record: SpoolRecord): Promise<void> {
    // The code is the collector's text: only the known ones name a file.
    const code = ['undecodable', 'too-large', 'invalid'].includes(rejection.code) ? rejection.code : 'other'
    if (this.#kept.has(code)) return
    this.#kept.add(code)
    await writeAtomically(join(this.#folder, `rejected-${code}.zst`), record.payload)
    const { payload: _, ...facts } = record
    await writeAtomically(
      join(this.#folder, `rejected-${code}.json`),
      `${JSON.stringify({ ...rejection, ...facts })}\n`,
    )
  }
}
