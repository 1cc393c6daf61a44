const FILE_HEADER = [0xa1b2c3d4, 0x0004_0002, 0, 0, 65_535, 1]

/** Frames as an Ethernet capture, a second apart. */
export function toPcap(frames: readonly Uint8Array[]): Buffer {
  const parts = [words(...FILE_HEADER)]
  for (const [second, frame] of frames.entries()) {
    parts.push(words(second, 0, frame.length, frame.length), Buffer.from(frame))
  }
  return Buffer.concat(parts)
}

function words(...values: number[]): Buffer {
  const buffer = Buffer.alloc(values.length * 4)
  for (const [i, value] of values.entries()) buffer.writeUInt32LE(value, i * 4)
  return buffer
}
