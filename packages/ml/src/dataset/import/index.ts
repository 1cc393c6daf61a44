export type { DatasetDescription, SourceLineage } from './dataset-description.ts'
export { DESCRIPTION_FILE, FLOWS_FILE, importDataset, type ImportOptions } from './import-dataset.ts'
export { IMPORT_FORMATS, type ImportFormat } from './open-source.ts'
export type { SplitBy } from './split-plan.ts'
