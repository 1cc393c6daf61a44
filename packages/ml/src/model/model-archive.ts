import { MlError } from '../errors.ts'
import type { Model } from './model-description.ts'
import { parseDescription, verifyBytes } from './verify-model.ts'

const LINE_FEED = 0x0a

/** One file for the wire and the registry: the description as one JSON line, a line feed, then the ONNX bytes. */
export function encodeModelArchive({ description, onnx }: Model): Uint8Array {
  const head = new TextEncoder().encode(`${JSON.stringify(description)}\n`)
  const bytes = new Uint8Array(head.length + onnx.length)
  bytes.set(head)
  bytes.set(onnx, head.length)
  return bytes
}

/** Throws MODEL_UNREADABLE or MODEL_ALTERED, so what it returns is whole. */
export function decodeModelArchive(bytes: Uint8Array): Model {
  const end = bytes.indexOf(LINE_FEED)
  if (end < 0) throw new MlError('MODEL_UNREADABLE', 'model archive: no description line; fetch the model again')
  const description = parseDescription(new TextDecoder().decode(bytes.subarray(0, end)), 'model archive')
  const model = { description, onnx: bytes.slice(end + 1) }
  verifyBytes(model)
  return model
}
