/**
 * Whether trying again cannot help: the data itself is refused (SQLSTATE class 22 data exception, 23 integrity
 * violation; PostgreSQL Appendix A) or a record makes the writer fail. Everything else, a lost connection above all,
 * may pass.
 */
export function isPermanent(error: unknown): boolean {
  if (error instanceof TypeError || error instanceof RangeError) return true
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^2[23][0-9A-Z]{3}$/.test(code)
}
