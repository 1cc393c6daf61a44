/** Takes out what is undefined, empty text and objects left empty. */
export function prune(object: Record<string, unknown>): Record<string, unknown> {
  const pruned: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(object)) {
    if (value === undefined || value === '') continue
    if (typeof value !== 'object' || value === null || Array.isArray(value)) pruned[key] = value
    else {
      const inner = prune(value as Record<string, unknown>)
      if (Object.keys(inner).length > 0) pruned[key] = inner
    }
  }
  return pruned
}
