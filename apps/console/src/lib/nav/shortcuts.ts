import { goto } from '$app/navigation'
import { NAV_PAGES } from './pages.ts'

const CHORD_MS = 1200

/** Keys of the shell: ⌘K or Ctrl+K opens the palette; g and a letter goes to a page. Not while typing. */
export function shellShortcuts(openPalette: () => void): (event: KeyboardEvent) => void {
  let goSince = 0
  return (event) => {
    if ((event.metaKey || event.ctrlKey) && event.key.toLowerCase() === 'k') {
      event.preventDefault()
      openPalette()
      return
    }
    if (event.metaKey || event.ctrlKey || event.altKey || isTyping(event.target)) return
    if (event.timeStamp - goSince < CHORD_MS) {
      goSince = 0
      const page = NAV_PAGES.find(({ key }) => key === event.key)
      if (page) void goto(page.path)
      return
    }
    if (event.key === 'g') goSince = event.timeStamp
  }
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('input, textarea, select, [contenteditable], [role="dialog"]') !== null
  )
}
