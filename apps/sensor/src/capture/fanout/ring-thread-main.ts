import { parentPort, workerData } from 'node:worker_threads'
import { reasonOf } from '../../errors.ts'
import { CaptureError } from '../capture-error.ts'
import { loadRingAddon } from '../native-ring.ts'
import { PacketSockets } from '../packet-sockets.ts'
import { RingSource } from '../ring-source.ts'
import { warmUp } from '../warm-up.ts'
import { RingReader } from './ring-reader.ts'
import type { FromRingThread, RingThreadSettings, ToRingThread } from './ring-thread-messages.ts'

// The thread of one ring: opens it over the socket it is given, meters what comes and reports. Started by RingThread.
const port = parentPort
if (!port) throw new Error('this module runs in a worker thread')
const settings = workerData as RingThreadSettings

const tell = (message: FromRingThread): void =>
  port.postMessage(message, message.kind === 'report' ? [message.records.buffer] : [])

async function open(): Promise<RingSource> {
  warmUp()
  const { description, socket, ...options } = settings
  const sockets = new PacketSockets(loadRingAddon())
  sockets.adopt(description.isEthernet ? `${socket}/` : `/${socket}`)
  const source = new RingSource({ ...options, interface: description, sockets, startsShut: true })
  await source.open()
  return source
}

try {
  const reader = new RingReader(await open(), settings, tell)
  port.on('message', (message: ToRingThread) => {
    if (message.kind !== 'finish') reader.obey(message)
    else void reader.finish().then(() => port.close())
  })
  tell({ kind: 'open' })
} catch (error) {
  tell({
    kind: 'refused',
    code: error instanceof CaptureError ? error.code : 'capture-failed',
    message: reasonOf(error),
  })
}
