/** Somebody cancelled the job. */
export class Cancelled extends Error {}

/** The worker stops; the job waits for another. */
export class Stopping extends Error {}
