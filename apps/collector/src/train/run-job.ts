import type { LearningJob } from '@picket/store/queues'
import { runBacktestJob } from './backtest-job.ts'
import { runEvaluateJob } from './evaluate-job.ts'
import { runImportJob } from './import-job.ts'
import type { JobJournal } from './job-journal.ts'
import { runTrainingJob, type TrainJobServices } from './train-job.ts'

/** Does a job of any kind; what it gives is its row's result. Rejects with the signal's reason when aborted. */
export function runLearningJob(
  services: TrainJobServices,
  job: LearningJob,
  journal: JobJournal,
  signal: AbortSignal,
): Promise<object> {
  if (job.kind === 'evaluate') return runEvaluateJob(services, job, journal, signal)
  if (job.kind === 'backtest') return runBacktestJob(services, job, journal, signal)
  if (job.kind === 'import') return runImportJob(services, job, journal, signal)
  return runTrainingJob(services, job, journal, signal)
}
