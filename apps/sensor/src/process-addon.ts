import { loadAddon } from './native-addon.ts'

/** The addon `native/process.cc`; its head comment is the contract. */
export interface ProcessAddon {
  releaseMemory(): number
  /** Whether the kernel will back the memory with huge pages where it has some, from so many octets on. */
  preferHugePages(buffer: ArrayBuffer, from: number): boolean
  dropCapabilities(): void
  keepOpen(descriptor: number): void
  /** 0 where the kernel has none. */
  landlockVersion(): number
  /** Of the calling thread and of what it executes. */
  restrictFiles(readable: readonly string[], writable: readonly string[]): void
  /** Fails where the system has no seccomp. */
  confine(): void
}

/** Undefined where there is none: it is Linux only, and what it does can be done without. */
export function loadProcessAddon(): ProcessAddon | undefined {
  try {
    return loadAddon('process') as ProcessAddon
  } catch {
    return undefined
  }
}
