export interface TrainingProgress {
  /** Called now and then with the share done, 0 to 1. */
  onProgress?(share: number): void
}
