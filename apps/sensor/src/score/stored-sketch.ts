import { z } from 'zod'

/** A sketch as it is kept on disk: the hour, bins that hold something as pairs of index and mass, and gains by octave. */
export const storedSketch = z.object({
  hour: z.number(),
  bins: z.array(z.tuple([z.int().min(0).max(639), z.number().min(0)])),
  gained: z.array(z.number().min(0)).max(20).optional(),
})
