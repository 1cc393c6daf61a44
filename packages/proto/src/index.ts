export * from './generated/picket/v1/flow.ts'
export * from './generated/picket/v1/records.ts'
export * from './generated/picket/v1/enrolment.ts'
export * from './generated/picket/v1/stream.ts'
