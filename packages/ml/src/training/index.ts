export { Autoencoder, trainAutoencoder, type AutoencoderOptions } from '../autoencoder/index.ts'
export { MlError, type MlErrorCode } from '../errors.ts'
export { exportOnnx, type ExportMetadata } from '../onnx/index.ts'
export { IsolationForest, trainIsolationForest, type IsolationForestOptions } from './isolation-forest.ts'
export {
  RandomForest,
  trainRandomForest,
  trainRandomForestOnThreads,
  type RandomForestOptions,
} from './random-forest.ts'
export { runTrainJob, type TrainJobOptions, type TrainingRow } from './train-job.ts'
