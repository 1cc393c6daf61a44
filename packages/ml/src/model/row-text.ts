/** Rows of a description at most. */
const MOST_ROWS = 64

/** Up to 64 rows, evenly out of all of them, as base64 of little-endian float32: what flows a model was trained on look like. */
export function toRowText(rows: Float32Array, width: number): string {
  const count = rows.length / width
  const kept = Math.min(count, MOST_ROWS)
  const view = new DataView(new ArrayBuffer(kept * width * 4))
  for (let i = 0; i < kept * width; i++) {
    const row = Math.floor((Math.floor(i / width) * count) / kept)
    view.setFloat32(i * 4, rows[row * width + (i % width)], true)
  }
  return Buffer.from(view.buffer).toString('base64')
}

/** Row-major; nothing where the text holds no whole rows. */
export function fromRowText(text: string, width: number): Float32Array {
  const octets = Buffer.from(text, 'base64')
  const rows = Math.min(MOST_ROWS, Math.floor(octets.length / (4 * width)))
  return Float32Array.from({ length: rows * width }, (_, i) => octets.readFloatLE(i * 4))
}
