export interface FilterToken {
  readonly text: string
  /** Character where it begins, counted from 1. */
  readonly position: number
}

/** Words, and signs that stand by themselves. */
export function filterTokens(expression: string): FilterToken[] {
  return [...expression.matchAll(/[A-Za-z0-9_.:/-]+|&&|\|\||[^\s]/g)].map((match) => ({
    text: match[0],
    position: match.index + 1,
  }))
}
