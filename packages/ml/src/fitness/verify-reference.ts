import type { FeatureReference } from './reference.ts'

/** What is wrong with a reference from untrusted JSON, for a model of so many features; undefined where nothing is. */
export function wrongReference(value: unknown, features: number): string | undefined {
  const reference = value as Partial<FeatureReference> | null
  if (typeof reference !== 'object' || reference === null || !isCount(reference.rows))
    return '"reference" must say of how many rows'
  const { profiles, groups, chanceOutside } = reference
  if (!Number.isFinite(chanceOutside)) return '"reference" must say what lies outside by chance'
  if (!Array.isArray(profiles) || profiles.length !== features) return '"reference" must have one profile a feature'
  if (!profiles.every((profile) => isNumbers(profile?.edges) && isBound(profile.low) && isBound(profile.high)))
    return '"reference" has a profile that is none'
  if (!Array.isArray(groups) || groups.length === 0) return '"reference" has no group'
  const fits = (shares: unknown, column: number) =>
    isNumbers(shares) && shares.length === profiles[column].edges.length + 2
  const isWhole = groups.every(
    (group) =>
      isCount(group?.rows) &&
      Array.isArray(group.shares) &&
      group.shares.length === features &&
      group.shares.every((shares, column) => fits(shares, column)),
  )
  return isWhole ? undefined : '"reference" has a group whose shares do not fit its profiles'
}

const isNumbers = (value: unknown): value is number[] => Array.isArray(value) && value.every(Number.isFinite)
const isBound = (value: unknown): boolean => value === null || Number.isFinite(value)
const isCount = (value: unknown): boolean => Number.isInteger(value) && Number(value) > 0
