/** A mistake in a filter expression, with the character where it begins, counted from 1. */
export class FilterError extends Error {
  readonly position: number

  constructor(position: number, message: string) {
    super(message)
    this.position = position
  }
}
