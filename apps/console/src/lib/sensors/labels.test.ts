import { expect, test } from 'vitest'
import { labelsText, parseLabels } from './labels.ts'

test('labels in words', () => {
  const parsed = parseLabels('env=prod, site=ams\n rack=b4/12')
  expect(parsed).toEqual({ ok: true, labels: { env: 'prod', site: 'ams', rack: 'b4/12' } })
  expect(parsed.ok && labelsText(parsed.labels)).toBe('env=prod site=ams rack=b4/12')
  expect(parseLabels('  ')).toEqual({ ok: true, labels: {} })
})

test.each(['prod', '=x', 'env=', 'env=a"b', '1x=2', '$(id)=x'])('%s is refused', (text) => {
  expect(parseLabels(text).ok).toBe(false)
})
