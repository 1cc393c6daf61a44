export { openTestDatabase } from './test-database.ts'
export type { TestDatabase, TestDatabaseOptions } from './test-database.ts'
export { sampleFlows, seededRandom } from './sample-flows.ts'
