import { parseArgs } from 'node:util'

/** What the user got wrong; printed as one line, exit 2. */
export class UsageError extends Error {}

export interface Source {
  flows?: string[]
  table?: string
  label?: string
  drop: string[]
  normal?: string
}

export interface TrainArguments extends Source {
  kind: (typeof KINDS)[number]
  out: string
  seed: number
}

export interface EvaluateArguments extends Source {
  model: string
}

export type Arguments =
  { command: 'train'; train: TrainArguments } | { command: 'evaluate'; evaluate: EvaluateArguments }

export const USAGE = `usage: ml train random-forest|isolation-forest|autoencoder (--flows FILE... | --table FILE.csv[.gz] --label COLUMN [--drop A,B]) [--normal VALUE] [--seed N] --out DIR
       ml evaluate --model DIR (--flows FILE... | --table FILE.csv[.gz] --label COLUMN) [--normal VALUE]`

const KINDS = ['random-forest', 'isolation-forest', 'autoencoder'] as const

/** Throws UsageError saying what is wrong and what is allowed. */
export function parseArguments(argv: readonly string[]): Arguments {
  const { values, positionals, flows } = split(argv)
  const [command, kind, ...rest] = positionals
  if (command === 'train') {
    const known = KINDS.find((name) => name === kind)
    if (!known) throw new UsageError(`train: kind must be ${KINDS.join(', ')}, found ${kind ?? 'none'}`)
    if (rest.length > 0) throw new UsageError(`train: unexpected "${rest[0]}"`)
    if (!values.out) throw new UsageError('train: --out DIR is missing')
    const seed = Number(values.seed ?? 1)
    if (!Number.isInteger(seed) || seed < 0)
      throw new UsageError(`--seed must be a whole number from 0, found ${values.seed}`)
    return { command, train: { ...parseSource(values, flows), kind: known, out: values.out, seed } }
  }
  if (command === 'evaluate') {
    if (kind !== undefined) throw new UsageError(`evaluate: unexpected "${kind}"`)
    if (!values.model) throw new UsageError('evaluate: --model DIR is missing')
    return { command, evaluate: { ...parseSource(values, flows), model: values.model } }
  }
  throw new UsageError(`command must be train or evaluate, found ${command ?? 'none'}`)
}

/** `--flows` takes every following word up to the next option, which parseArgs has no form for. */
function split(argv: readonly string[]) {
  const flows: string[] = []
  const others: string[] = []
  let isFlows = false
  for (const word of argv) {
    if (word === '--flows') isFlows = true
    else if (word.startsWith('--flows=')) flows.push(word.slice('--flows='.length))
    else if (isFlows && !word.startsWith('--')) flows.push(word)
    else {
      isFlows = false
      others.push(word)
    }
  }
  const text = { type: 'string' } as const
  const options = { table: text, label: text, drop: text, normal: text, out: text, model: text, seed: text }
  try {
    return { ...parseArgs({ args: others, options, allowPositionals: true }), flows }
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0])
  }
}

function parseSource(values: Record<string, string | undefined>, flows: string[]): Source {
  const { table, label, normal } = values
  if ((table === undefined) === (flows.length === 0))
    throw new UsageError('give either --flows FILE... or --table FILE')
  if (flows.length > 0 && label !== undefined)
    throw new UsageError('--label goes with --table; flows carry picket.label')
  const drop =
    values.drop
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? []
  if (flows.length > 0 && drop.length > 0) throw new UsageError('--drop goes with --table')
  return { ...(table === undefined ? { flows } : { table }), label, normal, drop }
}
