/** ISO 8601 with microseconds, of microseconds since the epoch. */
export function formatTime(timeUs: number): string {
  const milliseconds = Math.floor(timeUs / 1000)
  return `${new Date(milliseconds).toISOString().slice(0, -1)}${String(timeUs - milliseconds * 1000).padStart(3, '0')}Z`
}
