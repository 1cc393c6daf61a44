import { corpusOf } from './corpus.ts'
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
/** Processor time that one input may take: a thousand times the usual. */
const SLOW_US = 100_000

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
  const startUs = processorUs()
  try {
    const pending = target.feed(input, random)
    if (!pending) return slownessOf(input, startUs)
    return pending.then(
      () => slownessOf(input, startUs),
      (error: unknown) => toFailure(error, [input]),
    )
  } catch (error) {
    return Promise.resolve(toFailure(error, [input]))
  }
}

function slownessOf(input: Uint8Array, startUs: number): Promise<FuzzFailure> | undefined {
  const us = processorUs() - startUs
  if (us <= SLOW_US) return undefined
  return Promise.resolve(toFailure(new Error(`one input took ${us} us of processor time`), [input]))
}

/** Processor time of this thread: another process that is busy slows nothing down. */
function processorUs(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
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
