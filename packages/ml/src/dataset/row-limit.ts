/** Rows of a file held in memory at most; of more a uniform sample is taken. 256 MB at 64 columns, twice that while it grows. */
export const MAX_ROWS = 1_000_000

/** The same file gives the same sample. */
export const SAMPLE_SEED = 1
