/** Rounds a chart column for sending: whole numbers, or so many digits after the point. Null stays null. */
export function roundColumn(values: readonly (number | null)[], digits = 0): (number | null)[] {
  const scale = 10 ** digits
  return values.map((value) => (value === null ? null : Math.round(value * scale) / scale))
}
