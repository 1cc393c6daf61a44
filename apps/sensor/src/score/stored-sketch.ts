import { z } from 'zod'

/** A sketch as it is kept on disk: the hour, and bins that hold something as pairs of index and mass. */
export const storedSketch = z.object({
  hour: z.number(),
  bins: z.array(z.tuple([z.int().min(0).max(639), z.number().min(0)])),
})
