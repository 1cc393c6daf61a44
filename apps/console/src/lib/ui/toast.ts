import { toast as sonner } from 'svelte-sonner'

/** Results of what a person did, for a few seconds in the corner. Errors stay long enough to be read. */
export const toast = {
  done: (text: string, description?: string) => void sonner.success(text, { description }),
  failed: (text: string, description?: string) => void sonner.error(text, { description, duration: 10_000 }),
  /** A result that can be taken back. */
  undoable: (text: string, undo: () => void) =>
    void sonner.success(text, { duration: 8_000, action: { label: 'Undo', onClick: undo } }),
}
