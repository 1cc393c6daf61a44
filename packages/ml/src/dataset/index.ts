export * from './import/index.ts'
export { normalTest } from './normal-label.ts'
export { readDataset, readDescription } from './read-dataset.ts'
