import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { FEATURE_COUNT } from './features/index.ts'
import { createRandom } from './training/random.ts'

let dir = ''
const inDir = (name: string) => join(dir, name)

/** A table with a text column, an absent value and an infinity; label b where x is above 5. */
function makeTable(count: number, seed: number): string {
  const random = createRandom(seed)
  const lines = ['name,"x, scaled",y,id,kind']
  for (let i = 0; i < count; i++) {
    const x = random() * 10
    const y = i % 7 === 0 ? '' : i % 11 === 0 ? 'Infinity' : random().toFixed(3)
    lines.push(
      `row "${i}",${x.toFixed(3)},${y},${i},${x > 5 ? 'b' : 'a'}`.replace('row "', '"row ""').replace('",', '""",'),
    )
  }
  return lines.join('\r\n')
}

/** Lines as the sensor's `meter` writes them: absent is null. */
function makeFlows(count: number, label: (i: number) => object): string {
  const random = createRandom(3)
  return Array.from({ length: count }, (_, i) => {
    const features = Array.from({ length: FEATURE_COUNT }, (_, k) =>
      k % 9 === 8 ? null : random() + (k % 2) * 5 * (i % 2),
    )
    return JSON.stringify({ picket: { features, ...label(i) } })
  }).join('\n')
}

async function ml(...args: string[]): Promise<{ code: number; out: Record<string, unknown>; err: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...args])
  const [out, err, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')])
  return { code: code as number, out: out ? (JSON.parse(out) as Record<string, unknown>) : {}, err }
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'picket-ml-'))
  await writeFile(inDir('table.csv.gz'), gzipSync(makeTable(400, 1)))
  await writeFile(inDir('later.csv'), makeTable(200, 2))
  await writeFile(
    inDir('flows.ndjson'),
    makeFlows(200, (i) => (i % 4 < 2 ? { label: ['web', 'scan'][i % 2] } : {})),
  )
})
afterAll(() => rm(dir, { recursive: true }))

test('a table: train a random forest, judge it on a later table', async () => {
  const table = ['--table', inDir('table.csv.gz'), '--label', 'kind', '--drop', 'id', '--out', inDir('rf')]
  const trained = await ml('train', 'random-forest', ...table)
  expect(trained).toMatchObject({
    code: 0,
    err: '',
    out: { rows: 400, features: 2, classes: ['a', 'b'], not_numeric: ['name'] },
  })
  const judged = await ml('evaluate', '--model', inDir('rf'), '--table', inDir('later.csv'), '--label', 'kind')
  expect(judged.out).toMatchObject({ rows: 200, confusion: { labels: ['a', 'b'] }, per_class: { a: {}, b: {} } })
  expect(judged.out.accuracy).toBeGreaterThan(0.97)
  expect(judged.out.macro_f1).toBeGreaterThan(0.97)
})

test('a table: an isolation forest learns the normal rows alone', async () => {
  const table = ['--table', inDir('table.csv.gz'), '--label', 'kind', '--drop', 'id', '--normal', 'a']
  const trained = await ml('train', 'isolation-forest', ...table, '--out', inDir('if'))
  expect(trained.out).toMatchObject({ kind: 'anomaly-forest' })
  expect(trained.out.rows).toBeLessThan(250)
  const judged = await ml(
    'evaluate',
    '--model',
    inDir('if'),
    '--table',
    inDir('later.csv'),
    '--label',
    'kind',
    '--normal',
    'a',
  )
  expect(judged.out.auc).toBeGreaterThan(0.8)
  expect(judged.out).toHaveProperty('average_precision')
  expect(judged.out).toHaveProperty('f1_at_threshold')
})

test('flows of meter: labelled lines train, the others are left out; the same seed gives the same bytes', async () => {
  const train = (out: string) => ml('train', 'random-forest', '--flows', inDir('flows.ndjson'), '--out', inDir(out))
  const first = await train('flows-1')
  expect(first.out).toMatchObject({ rows: 100, features: FEATURE_COUNT, classes: ['scan', 'web'] })
  await train('flows-2')
  expect(await readFile(inDir('flows-1/model.onnx'))).toEqual(await readFile(inDir('flows-2/model.onnx')))
  const judged = await ml(
    'evaluate',
    '--model',
    inDir('flows-1'),
    '--flows',
    inDir('flows.ndjson'),
    inDir('flows.ndjson'),
  )
  expect(judged.out).toMatchObject({ rows: 200, accuracy: 1 })
})

test.each([
  [['train'], /kind must be random-forest, isolation-forest, autoencoder/],
  [
    ['train', 'random-forest', '--table', 'broken.csv.gz', '--label', 'kind', '--out', 'x'],
    /broken\.csv\.gz: unexpected end of file/,
  ],
  [['train', 'random-forest', '--out', 'x'], /either --flows FILE\.\.\. or --table FILE/],
  [['train', 'random-forest', '--table', 'absent.csv', '--label', 'k', '--out', 'x'], /absent\.csv.*no such file/],
  [
    ['train', 'random-forest', '--table', 'table.csv.gz', '--label', 'none', '--out', 'x'],
    /no column "none"; found name/,
  ],
  [
    ['train', 'isolation-forest', '--table', 'table.csv.gz', '--label', 'kind', '--normal', 'z', '--out', 'x'],
    /--normal z.*found/,
  ],
  [['train', 'random-forest', '--flows', 'later.csv', '--out', 'x'], /later\.csv:1: not a JSON object/],
  [['train', 'random-forest', '--table', 'one.csv', '--label', 'kind', '--out', 'x'], /at least 2 classes, found 1/],
  [['evaluate', '--model', 'none', '--table', 'later.csv', '--label', 'kind'], /model\.json.*no such file/],
  [['evaluate', '--model', 'cut', '--table', 'later.csv', '--label', 'kind'], /expected SHA-256/],
])('%j is refused with exit 2 and a line that says why', async (args, message) => {
  await writeFile(inDir('one.csv'), 'x,kind\n1,a\n2,a\n3,a\n')
  await writeFile(inDir('broken.csv.gz'), gzipSync(makeTable(400, 1)).subarray(0, 2000))
  if (args.includes('cut')) {
    await ml('train', 'random-forest', '--table', inDir('later.csv'), '--label', 'kind', '--out', inDir('cut'))
    await writeFile(inDir('cut/model.onnx'), 'cut')
  }
  const files = new Set(['absent.csv', 'table.csv.gz', 'later.csv', 'one.csv', 'broken.csv.gz', 'none', 'cut', 'x'])
  const afterOption = (i: number) => args[i - 1]?.startsWith('--') && !['--label', '--normal'].includes(args[i - 1])
  const { code, err } = await ml(...args.map((word, i) => (files.has(word) && afterOption(i) ? inDir(word) : word)))
  expect(code).toBe(2)
  expect(err).toMatch(message)
  expect(err.trimEnd()).not.toContain('\n')
})
