export { startEmbedded } from './engine.ts'
export type { EmbeddedDatabase, EmbeddedOptions } from './engine.ts'
export { EngineStartError } from './engine-start-error.ts'
