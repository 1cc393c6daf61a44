import { InferenceGraph, UnsupportedGraph } from '../inference/index.ts'
import { MlError } from '../errors.ts'
import { OnnxruntimeSession } from './onnxruntime-session.ts'

/**
 * One model, ready to score: computed by our own engine or, where its graph has an operator that is not known there, by onnxruntime,
 * which costs 46 MiB and is loaded only then.
 */
export class Session {
  readonly #engine: InferenceGraph | OnnxruntimeSession

  private constructor(engine: InferenceGraph | OnnxruntimeSession) {
    this.#engine = engine
  }

  /** Throws MODEL_UNREADABLE where the bytes are no model, or one that needs onnxruntime where there is none. */
  static async open(onnx: Uint8Array, columns: number): Promise<Session> {
    try {
      return new Session(InferenceGraph.read(onnx, columns))
    } catch (error) {
      if (!(error instanceof UnsupportedGraph)) throw error
      return new Session(await openElsewhere(onnx, columns, error.message))
    }
  }

  /** Runs row-major rows through the graph and returns one named output, row-major. */
  async run(rows: Float32Array, output: string): Promise<Float32Array> {
    return await this.#engine.run(rows, output)
  }

  async close(): Promise<void> {
    if (this.#engine instanceof OnnxruntimeSession) await this.#engine.close()
  }
}

async function openElsewhere(onnx: Uint8Array, columns: number, unsupported: string): Promise<OnnxruntimeSession> {
  try {
    return await OnnxruntimeSession.open(onnx, columns)
  } catch (cause) {
    throw new MlError(
      'MODEL_UNREADABLE',
      `model.onnx has ${unsupported}, which is left to onnxruntime; there: ${(cause as Error).message}`,
      { cause },
    )
  }
}
