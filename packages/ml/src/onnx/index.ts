export { INPUT, OUTPUT, exportOnnx, type ExportMetadata, type Trained } from './export-onnx.ts'
