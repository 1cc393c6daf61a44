import type { ClassShareRow } from '@picket/store'

export interface ClassVolume {
  /** Key of the class; empty for flows without one. */
  class: string
  flows: number
  octets: number
}

/** Volumes by class, applications taken together, largest first. */
export function classVolumes(rows: readonly ClassShareRow[]): ClassVolume[] {
  const volumes = new Map<string, ClassVolume>()
  for (const row of rows) {
    const volume = volumes.get(row.class) ?? { class: row.class, flows: 0, octets: 0 }
    volume.flows += row.flows
    volume.octets += row.octets
    volumes.set(row.class, volume)
  }
  return [...volumes.values()].sort((a, b) => b.octets - a.octets)
}
