import { readUint32LE } from '../byte-text.ts'
import { message } from './message.ts'

/** OP_REPLY, OP_UPDATE, OP_INSERT, OP_QUERY, OP_GET_MORE, OP_DELETE, OP_KILL_CURSORS, OP_COMPRESSED, OP_MSG. */
const OPERATIONS = [1, 2001, 2002, 2004, 2005, 2006, 2007, 2012, 2013]
const MAX_LENGTH = 48_000_000

/** MongoDB wire protocol: message length, request id, response to, operation code 4 each, little-endian. */
export const mongodb = message({ name: 'mongodb', transport: 'tcp', ports: [27017] }, (head) => {
  const { bytes, start, end, forward } = head
  if (end - start < 21) return false
  const length = readUint32LE(bytes, start)
  if (length < 21 || length > MAX_LENGTH || !OPERATIONS.includes(readUint32LE(bytes, start + 12))) return false
  const isWhole = length === end - start || (length > end - start && end - start > 1_000)
  return isWhole && (!forward || answersNothing(readUint32LE(bytes, start + 8)))
})

/** Requests answer nothing: 0, or all ones with old clients. */
function answersNothing(id: number): boolean {
  return id === 0 || id === 0xffff_ffff
}
