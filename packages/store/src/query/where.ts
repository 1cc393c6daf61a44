/** Conditions and their parameters, collected while a statement is put together. Values never enter the text. */
export class Where {
  readonly values: unknown[]
  readonly #conditions: string[] = []

  /** `values` are parameters the statement has already, `$1` and on. */
  constructor(values: unknown[] = []) {
    this.values = values
  }

  /** Adds a parameter and gives its placeholder. */
  parameter(value: unknown): string {
    this.values.push(value)
    return `$${this.values.length}`
  }

  add(condition: string): void {
    this.#conditions.push(condition)
  }

  /** Adds a condition on a value unless the value is absent. */
  when<Value>(value: Value | undefined, condition: (placeholder: string) => string): void {
    if (value !== undefined) this.add(condition(this.parameter(value)))
  }

  /** `a AND b`, or `true` without any. */
  get sql(): string {
    return this.#conditions.length === 0 ? 'true' : this.#conditions.join(' AND ')
  }
}

/** A pattern for LIKE that finds the text anywhere, whatever signs it has. */
export function containing(text: string): string {
  return `%${text.replaceAll('\0', '').replace(/[\\%_]/g, '\\$&')}%`
}
