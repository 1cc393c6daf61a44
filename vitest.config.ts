import { defineConfig } from 'vitest/config'
import { ClosingLineReporter } from './test/support/closing-line-reporter.ts'

const project = (name: string, root: string, options: object = {}) => ({
  // Timeouts and workers are those below.
  extends: true as const,
  test: {
    name,
    root,
    include: ['**/*.test.ts'],
    exclude: ['**/node_modules/**', '**/build/**'],
    pool: 'forks' as const,
    ...options,
  },
})

// One run for every level; the projects whose files take the whole host (servers, browsers, wires) run them one after another.
export default defineConfig({
  test: {
    reporters: ['default', new ClosingLineReporter()],
    maxWorkers: 2,
    testTimeout: 90_000,
    hookTimeout: 120_000,
    projects: [
      project('proto', 'packages/proto'),
      project('ml', 'packages/ml'),
      project('store', 'packages/store'),
      project('sensor', 'apps/sensor'),
      project('collector', 'apps/collector'),
      project('console', 'apps/console'),
      project('infra', 'infra'),
      project('golden', 'test/golden'),
      project('test', 'test', {
        exclude: ['**/node_modules/**', 'golden/**'],
        fileParallelism: false,
        testTimeout: 180_000,
      }),
    ],
  },
})
