import { InferenceSession, Tensor } from 'onnxruntime-node'
import { MlError } from '../errors.ts'

/**
 * One model in onnxruntime, sparing of memory: one thread, no arena, no memory pattern. Measured for the two bundled models by
 * bench/score.bench.ts.
 */
export class Session {
  readonly #session: InferenceSession
  readonly #columns: number

  private constructor(session: InferenceSession, columns: number) {
    this.#session = session
    this.#columns = columns
  }

  /** Throws MODEL_UNREADABLE where onnxruntime does not accept the bytes. */
  static async open(onnx: Uint8Array, columns: number): Promise<Session> {
    try {
      const session = await InferenceSession.create(onnx, {
        intraOpNumThreads: 1,
        interOpNumThreads: 1,
        executionMode: 'sequential',
        enableCpuMemArena: false,
        enableMemPattern: false,
        logSeverityLevel: 3,
      })
      return new Session(session, columns)
    } catch (cause) {
      throw new MlError('MODEL_UNREADABLE', `model.onnx: ${(cause as Error).message}`, { cause })
    }
  }

  /** Runs row-major rows through the graph and returns one named output, row-major. */
  async run(rows: Float32Array, output: string): Promise<Float32Array> {
    const features = new Tensor('float32', rows, [rows.length / this.#columns, this.#columns])
    const results = await this.#session.run({ features }, [output])
    return results[output].data as Float32Array
  }

  async close(): Promise<void> {
    await this.#session.release()
  }
}
