/**
 * A non-increasing piecewise linear map from path sum to anomaly: 1 at `start[0]` and below, then down by `slope[i]` a unit over
 * each `width[i]` from `start[i]`. All of it float32, and starts and widths lie on the grid of the path sums, so the trainer and
 * the ONNX graph subtract without rounding.
 */
export interface QuantileMap {
  readonly start: Float32Array
  readonly width: Float32Array
  readonly slope: Float32Array
}

const MAX_SEGMENTS = 256

/**
 * Maps a path sum to the share of `sums` that are higher (rows that look more usual). Between the most unusual row and the
 * lowest sum the forest can give (`floor`) the map rises from there to 1, so what is further out still scores higher.
 */
export function fitQuantileMap(sums: Float32Array, floor: number): QuantileMap {
  const sorted = Float64Array.from(sums).sort()
  const knots: { sum: number; anomaly: number }[] = []
  const add = (sum: number, anomaly: number) => {
    if (knots.length === 0 || sum > knots[knots.length - 1].sum) knots.push({ sum, anomaly })
  }
  if (floor < sorted[0]) add(floor, 1)
  for (const rank of knotRanks(sorted.length)) {
    const sum = sorted[rank]
    add(sum, 1 - upperBound(sorted, sum) / sorted.length)
  }
  const segments = Math.max(1, knots.length - 1)
  const map = {
    start: new Float32Array(segments),
    width: new Float32Array(segments),
    slope: new Float32Array(segments),
  }
  if (knots.length < 2) {
    map.start[0] = knots[0].sum - 1
    map.width[0] = map.slope[0] = 1
    return map
  }
  for (let i = 0; i < segments; i++) {
    map.start[i] = knots[i].sum
    map.width[i] = knots[i + 1].sum - knots[i].sum
    map.slope[i] = (knots[i].anomaly - knots[i + 1].anomaly) / map.width[i]
  }
  return map
}

export function mapQuantile(map: QuantileMap, sum: number): number {
  let fall = 0
  for (let i = 0; i < map.start.length; i++) {
    const into = sum - map.start[i]
    if (into <= 0) break
    fall += map.slope[i] * Math.min(into, map.width[i])
  }
  return Math.min(1, Math.max(0, 1 - fall))
}

/** Ranks from the most unusual row: every one of the first few, then ever wider apart, so the tail keeps its detail. */
function knotRanks(count: number): number[] {
  const ranks: number[] = []
  const growth = Math.max(1.02, count ** (1 / (MAX_SEGMENTS - 40)))
  for (let at = 0; at < count - 1; at = Math.max(at + 1, Math.min(at * growth, at + count / 64)))
    ranks.push(Math.floor(at))
  ranks.push(count - 1)
  return ranks
}

function upperBound(sorted: Float64Array, value: number): number {
  let low = 0
  let high = sorted.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (sorted[middle] <= value) low = middle + 1
    else high = middle
  }
  return low
}
