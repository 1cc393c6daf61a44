import type { Labels } from '@picket/store'

const MAX_LABELS = 16

/** Reads `env=prod site=ams` (separated by spaces, commas or line ends); the first mistake in words. */
export function parseLabels(text: string): { ok: true; labels: Labels } | { ok: false; mistake: string } {
  const labels: Labels = {}
  for (const part of text.split(/[\s,]+/).filter(Boolean)) {
    const match = /^([A-Za-z][\w.-]{0,62})=([\w.:/-]{1,255})$/.exec(part)
    if (!match?.[1] || !match[2])
      return { ok: false, mistake: `“${part}” is not a label: write key=value, for example env=prod` }
    labels[match[1]] = match[2]
  }
  if (Object.keys(labels).length > MAX_LABELS) return { ok: false, mistake: `At most ${MAX_LABELS} labels` }
  return { ok: true, labels }
}

export const labelsText = (labels: Labels): string =>
  Object.entries(labels)
    .map(([key, value]) => `${key}=${value}`)
    .join(' ')
