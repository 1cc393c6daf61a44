/** What a sensor needs to explain scores; nothing here trains or keeps training rows. */
export type { ExplainedTree } from './path-contributions.ts'
export { ForestPaths, pathShortening } from './forest-paths.ts'
export { usualRanges, type UsualRange } from './usual-range.ts'
export { fromRowText, toRowText } from '../model/row-text.ts'
