import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { readFirstOctets } from './first-octets.ts'
import { meterConversations } from './metered-conversations.ts'
import { NdpiComparison } from './ndpi-comparison.ts'
import { type NdpiLabel, readNdpiLabels } from './ndpi-labels.ts'

/**
 * Compares recognised protocols with nDPI's labels of the same captures: `ndpi DIR TABLE...`, where DIR holds the captures
 * at any depth and each TABLE is a table of labels. One JSON object a line: a summary, then a row a protocol, then with
 * `--list` a row a disagreement.
 */
export async function compareWithNdpi(
  folder: string,
  tables: string[],
  list: boolean,
): Promise<Record<string, unknown>[]> {
  const comparison = new NdpiComparison()
  const paths = capturesIn(folder)
  const pathOf = ({ source, capture }: NdpiLabel): string | undefined =>
    paths.find((path) => path.endsWith(`/${capture}`) && path.includes(source))
  for (const table of tables) {
    for (const labels of readNdpiLabels(table).values()) {
      const path = pathOf(labels[0])
      if (!path) continue
      const conversations = await meterConversations(path)
      for (const label of labels) comparison.add(label, conversations.get(label.key))
    }
  }
  const octets = list ? await octetsOf(comparison, pathOf) : new Map<string, string[]>()
  return [
    { compare: 'ndpi', ...comparison.summary() },
    ...comparison.table().map((row) => ({ compare: 'ndpi-protocol', ...row })),
    ...(list ? comparison.disagreements : []).map(({ label, found }) => ({
      compare: 'ndpi-disagreement',
      ...label,
      found,
      octets: octets.get(`${pathOf(label)} ${label.key}`),
    })),
    ...(list ? [...comparison.applicationMisses] : []).map(([names, flows]) => ({
      compare: 'ndpi-application',
      names,
      flows,
    })),
    ...(list ? [...comparison.unmappedFound].map(([names, flows]) => ({ compare: 'ndpi-other', names, flows })) : []),
  ]
}

/** First payloads of every conversation that both call differently. */
async function octetsOf(
  comparison: NdpiComparison,
  pathOf: (label: NdpiLabel) => string | undefined,
): Promise<Map<string, string[]>> {
  const octets = new Map<string, string[]>()
  for (const [path, ofCapture] of Map.groupBy(comparison.disagreements, ({ label }) => pathOf(label) ?? '')) {
    const keys = new Set(ofCapture.map(({ label }) => label.key))
    const found = await readFirstOctets(path, keys)
    for (const [key, payloads] of found) octets.set(`${path} ${key}`, payloads)
  }
  return octets
}

/** Capture files at any depth. */
function capturesIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => /\.p?cap(ng)?$/.test(name)).map((name) => join(folder, name))
}
