/** Stands in `column` of a leaf. */
export const LEAF = 0xffff

/** Trees as read from a model, one after the other; both children of a node lie side by side, so one number names them. */
export interface Forest {
  /** Columns of the rows it splits. */
  readonly columns: number
  /** The node each tree begins with. */
  readonly roots: Uint32Array
  /** A row goes left whose value is at most this. */
  readonly threshold: Float32Array
  /** The column that is split, with `columns` added where an absent value goes left; LEAF for a leaf. */
  readonly column: Uint16Array
  /** The left child, the right one being next; of a leaf its number. */
  readonly child: Uint32Array
  /** What leaves add, `outputs` a leaf. */
  readonly weights: Float32Array
  readonly outputs: number
  /** Nodes of the largest tree. */
  readonly mostNodes: number
}
