import { expect, test } from 'vitest'
import { recognise } from '../../../test/heads.ts'
import { text } from '../../../test/packets.ts'
import { http } from './http.ts'
import { Verdict } from '../recogniser.ts'

const request = 'GET /index.html HTTP/1.1\r\nHost: Example.com:8080\r\nUser-Agent: test/1.0 (x)\r\n\r\n'

test('request and response give method, host, agent and the final status', () => {
  const { verdict, facts } = recognise(http, text(request))
  expect(verdict).toBe(Verdict.YES)
  recognise(http, text('HTTP/1.1 100 Continue\r\n\r\n'), { facts, forward: false })
  recognise(http, text('HTTP/1.1 404 Not Found\r\n\r\n'), { facts, forward: false })
  expect(facts.http).toEqual({ method: 'GET', host: 'example.com', statusCode: 404, userAgent: 'test/1.0 (x)' })
  expect([facts.hostName, facts.isComplete]).toEqual(['example.com', true])
})

test('a header block that is not whole asks for more, and is HTTP by its first line', () => {
  const { verdict, facts } = recognise(http, text(request.slice(0, -2)))
  expect([verdict, facts.http]).toEqual([Verdict.KEEP, undefined])
  expect(recognise(http, text('GET /a')).verdict).toBe(Verdict.MORE)
})

test('a host in brackets, a bare line feed, an overlong agent', () => {
  const odd = `POST / HTTP/1.0\nHost: [2001:db8::1]:80\nUser-Agent: ${'u'.repeat(500)}\n\n`
  const { facts } = recognise(http, text(odd))
  expect(facts.http).toMatchObject({ method: 'POST', host: '2001:db8::1' })
  expect(facts.http?.userAgent).toHaveLength(200)
})

test.each(['GET the file please\r\n\r\n', 'HTTP/1.1 abc\r\n\r\n', 'GETAWAY', ''])('no HTTP: %j', (content) => {
  expect(recognise(http, text(content)).verdict).toBe(Verdict.NO)
})
