export type * from './live-event.ts'
