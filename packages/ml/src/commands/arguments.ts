import { parseArgs } from 'node:util'
import { IMPORT_FORMATS, type ImportOptions } from '../dataset/import/index.ts'

export type ImportArguments = Pick<
  ImportOptions,
  'format' | 'files' | 'out' | 'label' | 'labels' | 'mapping' | 'splitBy' | 'testShare'
>

/** What the user got wrong; printed as one line, exit 2. */
export class UsageError extends Error {}

export interface Source {
  /** Folder that `import` made. */
  dataset?: string
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
  | { command: 'train'; train: TrainArguments }
  | { command: 'evaluate'; evaluate: EvaluateArguments }
  | { command: 'import'; import: ImportArguments }

const KINDS = ['random-forest', 'isolation-forest', 'autoencoder', 'sequence-autoencoder'] as const
const SPLITS = ['capture', 'host', 'time', 'position'] as const

export const USAGE = `usage: ml train random-forest|isolation-forest|autoencoder|sequence-autoencoder (--flows FILE... | --dataset DIR | --table FILE.csv[.gz] --label COLUMN [--drop A,B]) [--normal VALUE] [--seed N] --out DIR
       ml evaluate --model DIR (--flows FILE... | --dataset DIR | --table FILE.csv[.gz] --label COLUMN) [--normal VALUE]
       ml import ${IMPORT_FORMATS.join('|')} FILE... --out DIR [--labels TABLE] [--label COLUMN] [--mapping FILE.json] [--split ${SPLITS.join('|')}] [--test-share N]`

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
  if (command === 'import') return { command, import: parseImport(values, kind, rest) }
  throw new UsageError(`command must be train, evaluate or import, found ${command ?? 'none'}`)
}

function parseImport(values: Values, word: string | undefined, files: string[]): ImportArguments {
  const format = IMPORT_FORMATS.find((name) => name === word)
  if (!format) throw new UsageError(`import: format must be ${IMPORT_FORMATS.join(', ')}, found ${word ?? 'none'}`)
  if (files.length === 0) throw new UsageError('import: at least one FILE is needed')
  if (!values.out) throw new UsageError('import: --out DIR is missing')
  if (values.labels !== undefined && format !== 'captures') throw new UsageError('--labels goes with captures')
  if ((values.mapping !== undefined) !== (format === 'csv'))
    throw new UsageError('--mapping FILE.json goes with csv, and csv with it')
  const splitBy = SPLITS.find((name) => name === values.split)
  if (values.split !== undefined && !splitBy)
    throw new UsageError(`--split must be ${SPLITS.join(', ')}, found ${values.split}`)
  const testShare = Number(values['test-share'] ?? 0.3)
  if (!(testShare > 0 && testShare < 1))
    throw new UsageError(`--test-share must lie between 0 and 1, found ${values['test-share']}`)
  const { out, label, labels, mapping } = values
  return { format, files, out, label, labels, mapping, splitBy, testShare }
}

type Values = Partial<Record<string, string>>

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
  const source = { table: text, label: text, drop: text, normal: text, dataset: text }
  const imported = { labels: text, mapping: text, split: text, 'test-share': text }
  const options = { ...source, ...imported, out: text, model: text, seed: text }
  try {
    return { ...parseArgs({ args: others, options, allowPositionals: true }), flows }
  } catch (error) {
    throw new UsageError((error as Error).message.split('. ')[0])
  }
}

function parseSource(values: Values, flows: string[]): Source {
  const { table, label, normal, dataset } = values
  const given = [table !== undefined, flows.length > 0, dataset !== undefined].filter(Boolean).length
  if (given !== 1) throw new UsageError('give either --flows FILE... or --table FILE or --dataset DIR')
  if (table === undefined && label !== undefined)
    throw new UsageError('--label goes with --table; flows carry picket.label')
  const drop =
    values.drop
      ?.split(',')
      .map((name) => name.trim())
      .filter(Boolean) ?? []
  if (table === undefined && drop.length > 0) throw new UsageError('--drop goes with --table')
  if (dataset !== undefined) return { dataset, normal, drop }
  return { ...(table === undefined ? { flows } : { table }), label, normal, drop }
}
