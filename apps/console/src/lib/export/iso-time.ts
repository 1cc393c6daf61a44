/** ISO 8601 in UTC with microseconds, from epoch microseconds. */
export function isoMicroseconds(timeUs: number): string {
  const milliseconds = Math.floor(timeUs / 1000)
  const rest = String(timeUs - milliseconds * 1000).padStart(3, '0')
  return new Date(milliseconds).toISOString().replace('Z', `${rest}Z`)
}
