import { expect, test } from 'vitest'
import { headline, idWithinKind, lineageFacts, metricTitle, metricValue } from './model-text.ts'

test.each([
  ['macro_f1', 'Macro F1'],
  ['macroF1', 'Macro F1'],
  ['scanAuc', 'Scan AUC'],
  ['scan_average_precision', 'Scan average precision'],
  ['holdoutRows', 'Holdout rows'],
])('%s reads %s', (name, title) => {
  expect(metricTitle(name)).toBe(title)
})

test('metrics are written by what they are', () => {
  expect(metricValue('macro_f1', 0.98765)).toBe('0.988')
  expect(metricValue('falseAlarmShare', 0.0123)).toBe('1.2 %')
  expect(metricValue('holdoutRows', 12345)).toBe('12,345')
  expect(metricValue('auc', Number.NaN)).toBe('–')
})

test('a model is judged by the best metric it has', () => {
  expect(headline({ holdoutRows: 5, scanAuc: 0.9935 })).toEqual({ title: 'Scan AUC', value: '0.994' })
  expect(headline({ accuracy: 1, macroF1: 0.5 })?.title).toBe('Macro F1')
  expect(headline({ holdoutRows: 5, falseAlarmShare: 0.01 })).toEqual({ title: 'False alarm share', value: '1.0 %' })
  expect(headline({ holdoutRows: 5, auc: Number.NaN })).toBeUndefined()
})

test('lineage leads to its job', () => {
  expect(lineageFacts({ jobId: 'abc', seed: 7, from: null })).toEqual([
    { label: 'Job', value: 'abc', mono: true, href: '/models/jobs/abc' },
    { label: 'Seed', value: '7', mono: false, href: undefined },
  ])
})

test('under its kind a model goes by the rest of its id', () => {
  expect(idWithinKind('anomaly-forest', 'anomaly-forest-de023ab283f1')).toBe('de023ab283f1')
  expect(idWithinKind('anomaly-forest', 'mine')).toBe('mine')
})
