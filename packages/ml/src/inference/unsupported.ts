/** A graph that is sound as far as one can see, but uses what this engine does not compute: another engine may. */
export class UnsupportedGraph extends Error {
  constructor(what: string) {
    super(what)
    this.name = 'UnsupportedGraph'
  }
}
