export { INPUT, OUTPUT, exportOnnx, type ExportMetadata } from './export-onnx.ts'
