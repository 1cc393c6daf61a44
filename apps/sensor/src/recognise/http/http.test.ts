import { expect, test } from 'vitest'
import { recognise } from '../../../test/heads.ts'
import { text } from '../../../test/packets.ts'
import { Awaited, FlowFacts } from '../flow-facts.ts'
import { http as httpWith } from './http.ts'
import { MessageAllowance } from '../message-allowance.ts'
import { Verdict } from '../recogniser.ts'

const http = httpWith(new MessageAllowance())
const request = 'GET /index.html HTTP/1.1\r\nHost: Example.com:8080\r\nUser-Agent: test/1.0 (x)\r\n\r\n'

test('request and response give method, host, agent and the final status', () => {
  const { verdict, facts } = recognise(http, text(request))
  expect(verdict).toBe(Verdict.YES)
  recognise(http, text('HTTP/1.1 100 Continue\r\n\r\n'), { facts, forward: false })
  recognise(http, text('HTTP/1.1 404 Not Found\r\n\r\n'), { facts, forward: false })
  expect(facts.http).toEqual({
    method: 'GET',
    host: 'example.com',
    statusCode: 404,
    userAgent: 'test/1.0 (x)',
    later: [],
    requests: 1,
  })
  expect(facts.hostName).toBe('example.com')
})

test('later requests have their own answers, across bodies, in one segment or in several', () => {
  const { facts } = recognise(http, text(request))
  recognise(http, text('HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nsome'), { facts, forward: false })
  recognise(http, text('more.'), { facts, forward: false })
  recognise(
    http,
    text('POST /a?b=c HTTP/1.1\r\nHost: a.example\r\nContent-Length: 3\r\n\r\nxyzGET /b HTTP/1.1\r\n\r\n'),
    { facts },
  )
  const answers =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 201 Made\r\nContent-Type: Text/HTML; q\r\nContent-Length: 1\r\n\r\nz'
  recognise(http, text(`${answers}HTTP/1.1 404 No\r\n\r\n`), { facts, forward: false })
  expect(facts.http).toMatchObject({ statusCode: 200, requests: 3 })
  expect(facts.http?.later).toEqual([
    { method: 'POST', host: 'a.example', path: '/a', statusCode: 201, mimeType: 'text/html' },
    { method: 'GET', host: '', path: '/b', statusCode: 404, mimeType: '' },
  ])
})

test('at most seven later requests of a flow are kept, and no more of all flows than the allowance', () => {
  const messages = new MessageAllowance(9)
  const [one, other] = [new FlowFacts(httpWith(messages)), new FlowFacts(httpWith(messages))]
  for (const facts of [one, other]) for (let i = 0; i < 12; i++) recognise(facts.recogniser, text(request), { facts })
  expect([one.http?.later.length, other.http?.later.length, other.http?.requests]).toEqual([7, 2, 12])
  expect([one.messagesHeld, other.messagesHeld, messages.refused]).toEqual([7, 2, 9])
  messages.giveBack(one)
  expect(messages.take(other)).toBe(true)
})

test('only the next request is wanted once all are answered; a tunnel is left to what is in it', () => {
  const { facts } = recognise(http, text(request))
  expect([facts.isEndless, facts.awaited]).toEqual([true, Awaited.BOTH])
  recognise(http, text('HTTP/1.1 204 Empty\r\n\r\n'), { facts, forward: false })
  expect(facts.awaited).toBe(Awaited.FORWARD)
  const tunnel = recognise(http, text('CONNECT a.example:443 HTTP/1.1\r\n\r\n')).facts
  recognise(http, text('HTTP/1.1 200 OK\r\n\r\n'), { facts: tunnel, forward: false })
  expect([tunnel.http?.host, tunnel.isEndless, tunnel.awaited]).toEqual(['a.example', false, Awaited.BOTH])
})

test('what was listed stays with the record that ended', () => {
  const { facts } = recognise(http, text(request))
  recognise(http, text(request), { facts })
  const exported = facts.http
  facts.restart()
  expect([exported?.later.length, facts.http?.later.length, facts.http?.requests, facts.http?.host]).toEqual([
    1,
    0,
    0,
    'example.com',
  ])
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
