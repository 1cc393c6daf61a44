export { Autoencoder } from './autoencoder.ts'
export { trainAutoencoder, type AutoencoderOptions } from './train-autoencoder.ts'
