import { createSubscriber } from 'svelte/reactivity'

/** The wall clock of the tab; whatever reads it in a component follows it once a second while the tab is shown. */
class Clock {
  #subscribe = createSubscriber((update) => {
    const timer = setInterval(() => {
      if (!document.hidden) update()
    }, 1000)
    return () => clearInterval(timer)
  })

  get now(): number {
    this.#subscribe()
    return Date.now()
  }
}

export const clock = new Clock()
