export { InferenceGraph } from './inference-graph.ts'
export { UnsupportedGraph } from './unsupported.ts'
