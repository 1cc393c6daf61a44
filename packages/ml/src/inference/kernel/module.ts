import { UnsupportedGraph } from '../unsupported.ts'
import { unsigned, type Code, type Local } from './instructions.ts'

const INT = 0x7f
const VECTOR = 0x7b

/** A function of whole numbers, by its name; `body` is given its parameters and takes as many locals as it needs. */
export interface KernelFunction {
  readonly parameters: number
  /** Whether it leaves a whole number. */
  readonly hasResult?: boolean
  readonly body: (parameters: Local[], locals: Locals) => Code[]
}

/** Hands out the locals of one function. */
export class Locals {
  readonly types: number[] = []
  readonly #first: number

  constructor(first: number) {
    this.#first = first
  }

  int = (): Local => this.#take(INT)
  vector = (): Local => this.#take(VECTOR)

  #take(type: number): Local {
    this.types.push(type)
    return this.#first + this.types.length - 1
  }
}

/** Compiled functions by name, and the memory they work on. */
export interface Kernel {
  readonly memory: ArrayBuffer
  readonly functions: Readonly<Record<string, (...parameters: number[]) => number>>
}

/** What is used of the engine, which TypeScript knows as part of browsers only. */
interface Engine {
  Memory: new (pages: { initial: number; maximum: number }) => { readonly buffer: ArrayBuffer }
  Module: new (code: Uint8Array<ArrayBuffer>) => object
  Instance: new (module: object, imports: object) => { readonly exports: object }
}

const PAGE = 65_536
/** `\0asm`, version 1. */
const PREAMBLE = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00]
const { WebAssembly: engine } = globalThis as unknown as { WebAssembly: Engine }

/**
 * Compiles functions over a memory of their own, of `octets`. Compiled code does a step of a tree in a third of the instructions of
 * JavaScript, which checks each index and each sum, and works on four floats at once. Throws UnsupportedGraph on a processor
 * without such vectors.
 */
export function compileKernel(functions: Readonly<Record<string, KernelFunction>>, octets: number): Kernel {
  const pages = Math.ceil(octets / PAGE)
  const memory = new engine.Memory({ initial: pages, maximum: pages })
  try {
    const module = new engine.Module(encodeModule(functions, pages))
    const { exports } = new engine.Instance(module, { sensor: { memory } })
    return { memory: memory.buffer, functions: exports as Kernel['functions'] }
  } catch (error) {
    throw new UnsupportedGraph(`what this processor does not do: ${(error as Error).message}`)
  }
}

/** Sections by their numbers: types, imports, functions, exports, code. */
function encodeModule(functions: Readonly<Record<string, KernelFunction>>, pages: number): Uint8Array<ArrayBuffer> {
  const entries = Object.entries(functions)
  const types = entries.map(([, { parameters, hasResult }]) => [
    0x60,
    ...list(Array.from({ length: parameters }, () => [INT])),
    ...list(hasResult ? [[INT]] : []),
  ])
  const memory = [...text('sensor'), ...text('memory'), 0x02, 0x01, ...unsigned(pages), ...unsigned(pages)]
  return Uint8Array.from([
    ...PREAMBLE,
    ...section(1, list(types)),
    ...section(2, list([memory])),
    ...section(3, list(entries.map((_, i) => unsigned(i)))),
    ...section(7, list(entries.map(([name], i) => [...text(name), 0x00, ...unsigned(i)]))),
    ...section(10, list(entries.map(([, described]) => encodeBody(described)))),
  ])
}

function encodeBody({ parameters, body }: KernelFunction): Code {
  const locals = new Locals(parameters)
  const code = body(
    Array.from({ length: parameters }, (_, i) => i),
    locals,
  )
  const octets = [...list(locals.types.map((type) => [1, type])), ...code.flat(), 0x0b]
  return [...unsigned(octets.length), ...octets]
}

const list = (items: readonly Code[]): Code => [...unsigned(items.length), ...items.flat()]
const section = (number: number, content: Code): Code => [number, ...unsigned(content.length), ...content]
const text = (value: string): Code => list([...Buffer.from(value)].map((octet) => [octet]))
