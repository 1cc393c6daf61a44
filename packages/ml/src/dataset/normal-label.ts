const NORMAL_NAMES = new Set(['normal', 'benign', 'background', 'legitimate'])

/**
 * Which labels are normal: the one given; else those named so (normal, benign, background, legitimate); else, for flows labelled
 * by traffic class, every class but `scan`. Rows without a label count as normal only in that last case.
 */
export function normalTest(
  given: string | undefined,
  classes: readonly string[],
): (label: string | undefined) => boolean {
  if (given !== undefined) return (label) => label === given
  if (classes.some(isNamedNormal)) return (label) => label !== undefined && isNamedNormal(label)
  return (label) => label !== 'scan'
}

const isNamedNormal = (label: string): boolean => NORMAL_NAMES.has(label.toLowerCase())
