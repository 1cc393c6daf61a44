import { hasAnyText } from '../byte-text.ts'
import { message } from './message.ts'

const TEXTS = ['INFO {"server_id"', 'CONNECT {"', 'INFO {']

/** NATS client protocol: the server opens with INFO and its options in JSON, the client answers CONNECT. */
export const nats = message(
  { name: 'nats', transport: 'tcp', ports: [4222], firstOctets: [0x43, 0x49] },
  ({ bytes, start, end }) => hasAnyText(bytes, start, end, TEXTS),
)
