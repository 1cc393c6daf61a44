import { fitQuantileMap, type QuantileMap } from '../training/quantile-map.ts'

/** Added to an error before its logarithm: below it errors are no news, and float32 could not tell them apart. */
export const ERROR_FLOOR = 1e-3

/** Steps of the calibration: steeper ones would turn rounding into differences between engines. */
const RANKS_A_UNIT = 8
const LOWEST_RANK = -7

export const errorRank = (error: number): number => -Math.log(error + ERROR_FLOOR)

/** The map from errorRank to anomaly: the share of these errors that are lower. */
export function fitErrorQuantiles(errors: Float32Array): QuantileMap {
  const ranks = errors.map((error) => Math.round(errorRank(error) * RANKS_A_UNIT) / RANKS_A_UNIT)
  return fitQuantileMap(ranks, LOWEST_RANK)
}
