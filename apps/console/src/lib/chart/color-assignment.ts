import { SERIES_COLORS } from './chart.ts'

/** Gives every id a colour on first sight and keeps it, so that a line keeps its colour while ranks change. */
export class ColorAssignment {
  #given = new Map<string, string>()

  /** Colours of the shown ids; a new one gets the colour the fewest of the shown ids wear. */
  assign(shown: readonly string[]): ReadonlyMap<string, string> {
    for (const id of [...shown].sort()) {
      if (this.#given.has(id)) continue
      const worn = new Map<string, number>()
      for (const other of shown) {
        const color = this.#given.get(other)
        if (color) worn.set(color, (worn.get(color) ?? 0) + 1)
      }
      const free = SERIES_COLORS.reduce((best, color) =>
        (worn.get(color) ?? 0) < (worn.get(best) ?? 0) ? color : best,
      )
      this.#given.set(id, free)
    }
    return new Map(shown.map((id) => [id, this.#given.get(id)!]))
  }
}
