import type { InferenceSession } from 'onnxruntime-node'
import { MlError } from '../errors.ts'

/** One model in onnxruntime, which comes into memory with the first of them: one thread, no arena, no memory pattern, for the sake of memory. */
export class OnnxruntimeSession {
  readonly #runtime: typeof import('onnxruntime-node')
  readonly #session: InferenceSession
  readonly #columns: number

  private constructor(runtime: typeof import('onnxruntime-node'), session: InferenceSession, columns: number) {
    this.#runtime = runtime
    this.#session = session
    this.#columns = columns
  }

  /** Throws MODEL_UNREADABLE where onnxruntime does not accept the bytes, or is not installed. */
  static async open(onnx: Uint8Array, columns: number): Promise<OnnxruntimeSession> {
    try {
      const runtime = await import('onnxruntime-node')
      const session = await runtime.InferenceSession.create(onnx, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        enableCpuMemArena: false,
        enableMemPattern: false,
        logSeverityLevel: 3,
      })
      return new OnnxruntimeSession(runtime, session, columns)
    } catch (cause) {
      throw new MlError('MODEL_UNREADABLE', `model.onnx: ${(cause as Error).message}`, { cause })
    }
  }

  /** Runs row-major rows through the graph and returns one named output, row-major. */
  async run(rows: Float32Array, output: string): Promise<Float32Array> {
    const features = new this.#runtime.Tensor('float32', rows, [rows.length / this.#columns, this.#columns])
    const results = await this.#session.run({ features }, [output])
    return results[output].data as Float32Array
  }

  async close(): Promise<void> {
    await this.#session.release()
  }
}
