import { goto } from '$app/navigation'
import type { SubmitFunction } from '$app/forms'
import { toast } from '#lib/ui/toast.ts'

export interface JobSubmitOptions {
  /** What a failure is called: "No training was started". */
  failed: string
  /** Before the form is sent; may add to it. What it throws is shown, and nothing is sent. */
  prepare?: (form: FormData) => Promise<void>
  onstarted?: () => void
}

/** The state of a form that asks for a job: `use:enhance={submit.enhance}` sends it and goes to the job's page. */
export class JobSubmit {
  busy = $state(false)
  /** By field. */
  mistakes = $state.raw<Record<string, string | undefined>>({})
  readonly enhance: SubmitFunction

  constructor({ failed, prepare, onstarted }: JobSubmitOptions) {
    this.enhance = async ({ formData, cancel }) => {
      this.busy = true
      this.mistakes = {}
      try {
        await prepare?.(formData)
      } catch (error) {
        this.busy = false
        cancel()
        if (error instanceof Error && error.name !== 'AbortError') toast.failed(failed, error.message)
        return
      }
      return async ({ result }) => {
        this.busy = false
        if (result.type === 'success' && result.data?.jobId) {
          onstarted?.()
          await goto(`/models/jobs/${result.data.jobId}`)
        } else if (result.type === 'failure') {
          this.mistakes = (result.data?.mistakes as typeof this.mistakes) ?? {}
          if (result.data?.message) toast.failed(failed, String(result.data.message))
        } else toast.failed(failed, 'The server could not be reached or failed.')
      }
    }
  }
}
