/** Load dependencies of the models page and of one job's page. */
export const MODELS_DEPENDENCY = 'picket:models'
export const jobDependency = (jobId: string) => `picket:job:${jobId}` as const
