export { Autoencoder } from './autoencoder.ts'
export { trainAutoencoder, type AutoencoderOptions, type EpochErrors } from './train-autoencoder.ts'
