export type Direction = 'src' | 'dst' | 'either'

/** One condition of a filter expression. */
export type Primitive =
  | { kind: 'network'; direction: Direction; address: Uint8Array; prefix: number }
  | { kind: 'ports'; direction: Direction; protocols: readonly number[]; from: number; to: number }
  | { kind: 'protocol'; numbers: readonly number[]; families: readonly (4 | 6)[] }
  | { kind: 'type'; etherType: number }

export type FilterNode =
  | Primitive
  | { kind: 'and'; left: FilterNode; right: FilterNode }
  | { kind: 'or'; left: FilterNode; right: FilterNode }
  | { kind: 'not'; of: FilterNode }
