import { readFileSync } from 'node:fs'
import { capturesOf, framesOf } from './corpus.ts'
import { DecodeTarget } from './decode-target.ts'
import { mutate } from './mutate.ts'
import { PcapTarget } from './pcap-target.ts'
import { Random } from './random.ts'
import { RecogniseTarget } from './recognise-target.ts'
import type { FuzzTarget } from './target.ts'

export const TARGETS: Record<string, () => FuzzTarget> = {
  decode: () => new DecodeTarget(),
  recognise: () => new RecogniseTarget(),
  pcap: () => new PcapTarget(),
}
/** Inputs between two looks at what has to hold for all of them. */
const BATCH = 4_096
const MAX_INPUT = 4_096
/** Files are mutated from their start alone: the records after the first few are alike. */
const FILE_OCTETS = 1_500

export interface FuzzOptions {
  target: string
  inputs: number
  seed: number
  /** Called once a batch. */
  onProgress?: (inputs: number) => void
}

export interface FuzzFailure {
  reason: string
  /** One input, or all of the batch in which something did not add up. */
  inputs: Uint8Array[]
}

/** Feeds a target with mutations of recorded cases; the first input that breaks something ends it. */
export async function fuzz(options: FuzzOptions): Promise<FuzzFailure | undefined> {
  const corpus = await corpusOf(options.target)
  const target = TARGETS[options.target]()
  try {
    for (let done = 0; done < options.inputs; done += BATCH) {
      const count = Math.min(BATCH, options.inputs - done)
      const failure = await feedBatch(target, corpus, new Random(options.seed + done), count)
      if (failure) return failure
      options.onProgress?.(done + count)
    }
  } finally {
    target.close()
  }
  return undefined
}

/** Feeds inputs as they are. */
export async function replay(target: string, inputs: readonly Uint8Array[]): Promise<FuzzFailure | undefined> {
  const made = TARGETS[target]()
  try {
    for (const input of inputs) {
      const failure = await feedOne(made, input, new Random(1))
      if (failure) return failure
    }
    return settle(made, inputs)
  } finally {
    made.close()
  }
}

async function corpusOf(target: string): Promise<Uint8Array[]> {
  const captures = capturesOf(target)
  if (target !== 'pcap') return await framesOf(captures)
  return captures.map((path) => new Uint8Array(readFileSync(path)).subarray(0, FILE_OCTETS))
}

async function feedBatch(
  target: FuzzTarget,
  corpus: readonly Uint8Array[],
  random: Random,
  count: number,
): Promise<FuzzFailure | undefined> {
  const into = new Uint8Array(MAX_INPUT)
  const inputs: Uint8Array[] = []
  for (let i = 0; i < count; i++) {
    const input = into.slice(0, mutate(random, random.pick(corpus), random.pick(corpus), into))
    inputs.push(input)
    const pending = feedOne(target, input, random)
    const failure = pending && (await pending)
    if (failure) return failure
  }
  return settle(target, inputs)
}

function feedOne(target: FuzzTarget, input: Uint8Array, random: Random): Promise<FuzzFailure | undefined> | undefined {
  try {
    const pending = target.feed(input, random)
    if (!pending) return undefined
    return pending.then(
      () => undefined,
      (error: unknown) => toFailure(error, [input]),
    )
  } catch (error) {
    return Promise.resolve(toFailure(error, [input]))
  }
}

function settle(target: FuzzTarget, inputs: readonly Uint8Array[]): FuzzFailure | undefined {
  try {
    target.settle()
    return undefined
  } catch (error) {
    return toFailure(error, inputs)
  }
}

function toFailure(error: unknown, inputs: readonly Uint8Array[]): FuzzFailure {
  return { reason: error instanceof Error ? (error.stack ?? error.message) : String(error), inputs: [...inputs] }
}
