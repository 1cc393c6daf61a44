import { expect, test } from 'vitest'
import { FrontendReader, type FrontendUnit } from './frontend-messages.ts'

const text = (value: string) => Buffer.from(`${value}\0`)
const message = (type: string, ...parts: Buffer[]) => {
  const body = Buffer.concat(parts)
  const head = Buffer.alloc(5)
  head.write(type, 0, 'latin1')
  head.writeInt32BE(body.length + 4, 1)
  return Buffer.concat([head, body])
}
const startup = (version: number, ...words: string[]) => {
  const body = Buffer.concat([...words.map(text), Buffer.alloc(1)])
  const packet = Buffer.concat([Buffer.alloc(8), body])
  packet.writeInt32BE(packet.length, 0)
  packet.writeInt32BE(version, 4)
  return packet
}
const shorts = (...values: number[]) => Buffer.from(values.flatMap((value) => [value >> 8, value & 255]))
const SYNC = message('S')

function started(): FrontendReader {
  const reader = new FrontendReader('c7_')
  reader.push(startup(196608, 'user', 'postgres', 'database', 'x'))
  expect(reader.next()).toEqual({ kind: 'startup', parameters: { user: 'postgres', database: 'x' } })
  return reader
}

function all(reader: FrontendReader): FrontendUnit[] {
  const units: FrontendUnit[] = []
  for (let unit = reader.next(); unit; unit = reader.next()) units.push(unit)
  return units
}

test('a unit is everything up to Sync, however the octets arrive', () => {
  const bytes = Buffer.concat([
    message('P', text(''), text('select 1'), shorts(0)),
    message('E', text(''), Buffer.alloc(4)),
    SYNC,
  ])
  const reader = started()
  for (const octet of bytes.subarray(0, -1)) {
    reader.push(Buffer.of(octet))
    expect(reader.next()).toBeUndefined()
  }
  reader.push(bytes.subarray(-1))
  expect(reader.next()).toEqual({ kind: 'execute', bytes, copyFromClient: false })
  expect(reader.next()).toBeUndefined()
})

test('several units in one chunk come out one by one', () => {
  const reader = started()
  reader.push(Buffer.concat([message('Q', text('select 1')), SYNC, message('X')]))
  expect(all(reader).map((unit) => unit.kind)).toEqual(['execute', 'execute', 'terminate'])
})

test('named statements and portals get the prefix of their client, unnamed ones stay', () => {
  const reader = started()
  const parse = message('P', text('s1'), text('select $1'), shorts(0))
  const bind = message('B', text(''), text('s1'), shorts(0, 0, 0))
  reader.push(
    Buffer.concat([
      parse,
      bind,
      message('D', Buffer.from('S'), text('s1')),
      message('E', text('p'), Buffer.alloc(4)),
      SYNC,
    ]),
  )
  const [unit] = all(reader)
  const expected = Buffer.concat([
    message('P', text('c7_s1'), text('select $1'), shorts(0)),
    message('B', text(''), text('c7_s1'), shorts(0, 0, 0)),
    message('D', Buffer.from('S'), text('c7_s1')),
    message('E', text('c7_p'), Buffer.alloc(4)),
    SYNC,
  ])
  expect(unit).toEqual({ kind: 'execute', bytes: expected, copyFromClient: false })
  expect([...reader.statements]).toEqual(['c7_s1'])
})

test('COPY FROM STDIN is seen, in both ways to send a query', () => {
  const reader = started()
  reader.push(message('Q', text('COPY flows (id) FROM STDIN')))
  reader.push(Buffer.concat([message('P', text(''), text('copy t from stdin binary'), shorts(0)), SYNC]))
  reader.push(message('Q', text("select 'copy from stdout'")))
  expect(all(reader).map((unit) => unit.kind === 'execute' && unit.copyFromClient)).toEqual([true, true, false])
})

test('encryption is asked for and cancels come before start-up', () => {
  const reader = new FrontendReader('c1_')
  reader.push(startup(80877103))
  expect(reader.next()?.kind).toBe('encryption-request')
  reader.push(startup(80877102, 'x'))
  expect(reader.next()?.kind).toBe('cancel-request')
})

test.each([
  ['another protocol', startup(131072, 'user', 'x')],
  ['a start-up packet of a gigabyte', Buffer.from([0x40, 0, 0, 0, 0, 3, 0, 0])],
  ['text that is no protocol', Buffer.from('GET / HTTP/1.1\r\n\r\n')],
])('%s is malformed', (_name, bytes) => {
  const reader = new FrontendReader('c1_')
  reader.push(bytes)
  expect(reader.next()?.kind).toBe('malformed')
})

test('a message longer than any of ours is malformed before it is buffered', () => {
  const reader = started()
  reader.push(Buffer.from([0x51, 0x7f, 0, 0, 0]))
  expect(reader.next()?.kind).toBe('malformed')
})
