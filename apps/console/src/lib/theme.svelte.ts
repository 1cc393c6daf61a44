import { browser } from '$app/env'
import { THEME_COOKIE, type Theme } from './theme.ts'

const YEAR_S = 31_536_000

/** The theme in use in this tab. The server writes data-theme from the cookie, so the first paint is right without a script. */
class ThemeState {
  choice = $state<Theme>('dark')
  #systemDark = $state(true)

  /** What is on screen; charts read it to redraw their canvas. */
  readonly dark = $derived(this.choice === 'dark' || (this.choice === 'system' && this.#systemDark))

  constructor() {
    if (!browser) return
    this.choice = (document.documentElement.dataset.theme as Theme | undefined) ?? 'dark'
    const query = matchMedia('(prefers-color-scheme: dark)')
    this.#systemDark = query.matches
    query.addEventListener('change', (event) => (this.#systemDark = event.matches))
  }

  set(theme: Theme) {
    this.choice = theme
    document.documentElement.dataset.theme = theme
    document.cookie = `${THEME_COOKIE}=${theme}; path=/; max-age=${YEAR_S}; samesite=lax`
  }

  toggle() {
    this.set(this.dark ? 'light' : 'dark')
  }
}

export const theme = new ThemeState()
