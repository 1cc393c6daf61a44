import { FEATURE_COUNT, FEATURE_NAMES } from '../../features/index.ts'

/**
 * One flow with what it is known to be: the form every imported source is brought into. As text it is a line of NDJSON that reads
 * like a line of `meter`, so that whatever reads one reads the other:
 *
 *     {"event":{"start"},"log":{"file":{"path"}},"source":{"ip"},"picket":{"features":[...],"label","split"}}
 *
 * Features of the flow feature set in vector order, absent as null; `log.file.path` is the capture or table it came from.
 */
export interface LabelledFlow {
  /** FEATURE_COUNT values, NaN for absent. */
  readonly features: Float64Array
  /** Empty where the source says nothing. */
  label: string
  /** File the flow was captured in or listed in. */
  capture: string
  /** Address of the host it began at; empty where the source does not say. */
  host: string
  /** First packet, epoch microseconds; NaN where the source does not say. */
  startUs: number
}

export type Split = 'train' | 'test'

const POSITION = new Map(FEATURE_NAMES.map((name, i) => [name, i]))

/** An empty flow that a format fills again and again. */
export const createLabelledFlow = (): LabelledFlow => ({
  features: new Float64Array(FEATURE_COUNT).fill(NaN),
  label: '',
  capture: '',
  host: '',
  startUs: NaN,
})

/** Sets one feature by name; what is no number is absent. Throws a RangeError for a name that is no feature. */
export function setFeature(flow: LabelledFlow, name: string, value: number): void {
  const at = POSITION.get(name)
  if (at === undefined) throw new RangeError(`no feature ${name}`)
  flow.features[at] = value
}

export const isFeature = (name: string): boolean => POSITION.has(name)

/** The line of one flow, without its line feed. */
export function toLine({ features, label, capture, host, startUs }: LabelledFlow, split: Split): string {
  const event = Number.isFinite(startUs) ? { event: { start: new Date(startUs / 1000).toISOString() } } : {}
  return JSON.stringify({
    ...event,
    log: { file: { path: capture } },
    ...(host && { source: { ip: host } }),
    picket: {
      features: Array.from(features, (value) => (Number.isFinite(value) ? value : null)),
      ...(label && { label }),
      split,
    },
  })
}
