import { expect, test } from 'vitest'
import { rowStream } from './download.ts'

test('waits for the reader instead of running ahead of it', async () => {
  let pages = 0
  async function* source() {
    for (; pages < 1000; pages++) yield [pages]
  }
  const reader = rowStream(source(), (row) => `${row}\n`, 'head\n').getReader()
  const decoder = new TextDecoder()
  expect(decoder.decode((await reader.read()).value)).toBe('head\n0\n')
  expect(decoder.decode((await reader.read()).value)).toBe('1\n')
  expect(pages).toBeLessThan(5)
  await reader.cancel()
})

test('a reader that leaves ends the query', async () => {
  let closed = false
  async function* source() {
    try {
      for (;;) yield [1]
    } finally {
      closed = true
    }
  }
  const reader = rowStream(source(), String).getReader()
  await reader.read()
  await reader.cancel()
  expect(closed).toBe(true)
})

test('an empty result still has its header line', async () => {
  async function* source(): AsyncGenerator<number[]> {}
  expect(await new Response(rowStream(source(), String, 'a,b\r\n')).text()).toBe('a,b\r\n')
})
