/** A seeded source of numbers in [0, 1), 32 bits each (mulberry32): the same seed gives the same model everywhere. */
export type Random = () => number

export function createRandom(seed: number): Random {
  let state = seed | 0
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

/** The seed of part `index` of a job, far from those of its neighbours: parts may then be done in any order, on any thread. */
export function partSeed(seed: number, index: number): number {
  let t = Math.imul(seed, 0x9e3779b1) ^ Math.imul(index + 1, 0x85ebca6b)
  t = Math.imul(t ^ (t >>> 16), 0x7feb352d)
  t = Math.imul(t ^ (t >>> 15), 0x846ca68b)
  return t ^ (t >>> 16)
}

/** The first `count` of a random order of 0 ... size-1 (Fisher-Yates), ascending order not promised. */
export function sampleIndices(size: number, count: number, random: Random): Uint32Array {
  const indices = new Uint32Array(count)
  // Only what was swapped away from its own place is kept: a small sample of many rows costs what the sample costs.
  const moved = new Map<number, number>()
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (size - i))
    indices[i] = moved.get(j) ?? j
    moved.set(j, moved.get(i) ?? i)
  }
  return indices
}
