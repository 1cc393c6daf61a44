import { createRandom, sampleIndices } from '../../src/training/random.ts'

const SEED = 1

/** Deals whole captures out to folds by a fixed seed: flows of one capture are never on both sides. */
export function foldsByCapture(captures: readonly string[], folds: number): Map<string, number> {
  const names = [...new Set(captures)].sort()
  const order = sampleIndices(names.length, names.length, createRandom(SEED))
  return new Map(Array.from(order, (capture, i) => [names[capture], i % folds]))
}
