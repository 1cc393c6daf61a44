import type { OutOfBag } from './out-of-bag.ts'

/**
 * Makes a forest's shares of votes mean what they say: p'[k] is (p[k] + floor)^power, divided by the sum over all classes.
 * Temperature scaling (Guo et al. 2017) on the logarithm of the shares; the order of the classes stays.
 */
export interface ProbabilityCalibration {
  floor: number
  power: number
}

const POWER_RANGE = [0.1, 10] as const
const STEPS = 40
/** Rows at most, evenly taken, that the power is fitted on. */
const FITTED_ROWS = 20_000
/** With fewer rows than this the shares stay as they are. */
export const MIN_CALIBRATION_ROWS = 50
const GOLDEN = (Math.sqrt(5) - 1) / 2

/** The power with the least log loss on rows the voters did not see, by golden section over its logarithm. */
export function fitCalibration(
  probabilities: Float32Array,
  labels: Uint16Array,
  { classCount, floor }: { classCount: number; floor: number },
): ProbabilityCalibration {
  const step = Math.max(1, labels.length / FITTED_ROWS)
  const loss = (logPower: number) =>
    logLoss({ probabilities, labels, classCount, step }, { floor, power: Math.exp(logPower) })
  let [low, high] = POWER_RANGE.map(Math.log)
  let lower = high - GOLDEN * (high - low)
  let upper = low + GOLDEN * (high - low)
  let [atLower, atUpper] = [loss(lower), loss(upper)]
  for (let turn = 0; turn < STEPS && high - low > 1e-3; turn++) {
    if (atLower < atUpper) {
      ;[high, upper, atUpper] = [upper, lower, atLower]
      lower = high - GOLDEN * (high - low)
      atLower = loss(lower)
    } else {
      ;[low, lower, atLower] = [lower, upper, atUpper]
      upper = low + GOLDEN * (high - low)
      atUpper = loss(upper)
    }
  }
  return { floor: Math.fround(floor), power: Math.fround(Math.exp((low + high) / 2)) }
}

/** Calibrates one row in place. */
export function calibrateRow(row: Float32Array | Float64Array, { floor, power }: ProbabilityCalibration): void {
  let sum = 0
  for (let k = 0; k < row.length; k++) sum += row[k] = (row[k] + floor) ** power
  for (let k = 0; k < row.length; k++) row[k] /= sum
}

/** How good shares of votes are, calibrated. */
export function judgeVotes(
  probabilities: Float32Array,
  labels: Uint16Array,
  classCount: number,
  calibration: ProbabilityCalibration,
): OutOfBag {
  let right = 0
  labels.forEach((label, i) => {
    const row = probabilities.subarray(i * classCount, (i + 1) * classCount)
    if (row.every((share, k) => share < row[label] || k === label || (share === row[label] && k > label))) right++
  })
  return {
    rows: labels.length,
    accuracy: right / labels.length,
    logLoss: logLoss({ probabilities, labels, classCount, step: 1 }, calibration),
  }
}

function logLoss(
  votes: { probabilities: Float32Array; labels: Uint16Array; classCount: number; step: number },
  calibration: ProbabilityCalibration,
): number {
  const { probabilities, labels, classCount, step } = votes
  const row = new Float64Array(classCount)
  let sum = 0
  let count = 0
  for (let at = 0; at < labels.length; at += step, count++) {
    const i = Math.floor(at)
    for (let k = 0; k < classCount; k++) row[k] = probabilities[i * classCount + k]
    calibrateRow(row, calibration)
    sum -= Math.log(row[labels[i]])
  }
  return sum / count
}
