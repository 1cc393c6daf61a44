/** What the local stack says while it runs; the screen prints it, tests collect it. */
export type Report = (subject: string, text: string) => void
