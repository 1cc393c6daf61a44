import { ScoreSketch, type StoredSketch } from './score-sketch.ts'

/** What is ranked: each part of the ensemble, and what they come to. */
export const RANKED = ['forest', 'autoencoder', 'context', 'all'] as const
export type Ranked = (typeof RANKED)[number]

/** The scores of flows of one traffic class on one interface. */
export type SketchGroup = Record<Ranked, ScoreSketch>

interface Kept {
  readonly interfaceName: string
  readonly trafficClass: string
  readonly group: SketchGroup
  usedAt: number
}

/** Interfaces times traffic classes, 12 KB each; beyond it the one not used for longest is forgotten. */
const MAX_GROUPS = 256

const createGroup = (): SketchGroup => ({
  forest: new ScoreSketch(),
  autoencoder: new ScoreSketch(),
  context: new ScoreSketch(),
  all: new ScoreSketch(),
})

/** The sketches of each interface and traffic class, bounded; looking one up makes nothing. */
export class SketchGroups {
  #byInterface = new Map<string, Map<string, Kept>>()
  #count = 0
  #uses = 0

  of(interfaceName: string, trafficClass: string): SketchGroup {
    const kept = this.#byInterface.get(interfaceName)?.get(trafficClass) ?? this.#add(interfaceName, trafficClass)
    kept.usedAt = ++this.#uses
    return kept.group
  }

  clear(): void {
    this.#byInterface.clear()
    this.#count = 0
  }

  /** By `part interface class`, least recently used first. Names of interfaces hold no blanks. */
  store(): [string, StoredSketch][] {
    return this.#all()
      .sort((a, b) => a.usedAt - b.usedAt)
      .flatMap(({ interfaceName, trafficClass, group }) =>
        RANKED.map((part): [string, StoredSketch] => [`${part} ${interfaceName} ${trafficClass}`, group[part].store()]),
      )
  }

  restore(sketches: readonly (readonly [string, StoredSketch])[]): void {
    for (const [key, sketch] of sketches) {
      const [part, interfaceName, trafficClass = ''] = key.split(' ')
      const known = RANKED.find((name) => name === part)
      if (known) this.of(interfaceName, trafficClass)[known] = ScoreSketch.restore(sketch)
    }
  }

  #all = (): Kept[] => [...this.#byInterface.values()].flatMap((classes) => [...classes.values()])

  #add(interfaceName: string, trafficClass: string): Kept {
    if (this.#count === MAX_GROUPS) this.#forgetOne()
    const classes = this.#byInterface.get(interfaceName) ?? new Map<string, Kept>()
    const kept = { interfaceName, trafficClass, group: createGroup(), usedAt: 0 }
    this.#byInterface.set(interfaceName, classes.set(trafficClass, kept))
    this.#count++
    return kept
  }

  #forgetOne(): void {
    const { interfaceName, trafficClass } = this.#all().reduce((a, b) => (b.usedAt < a.usedAt ? b : a))
    const classes = this.#byInterface.get(interfaceName)
    classes?.delete(trafficClass)
    if (classes?.size === 0) this.#byInterface.delete(interfaceName)
    this.#count--
  }
}
