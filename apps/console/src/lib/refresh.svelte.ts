import { goto, invalidate } from '$app/navigation'

/** Since when loads that follow the feed fail, epoch milliseconds; null while they work. */
class RefreshState {
  failingSince = $state<number | null>(null)
}

export const refreshing = new RefreshState()

/**
 * Reads a page's data again, for a page that keeps itself current. A failed load would replace the page by the error
 * page, so whether the console and its database answer is asked first; if not, the page keeps what it shows and
 * LiveState says since when it is old. A session that is over leads to the sign-in page.
 */
export async function refresh(dependency: string): Promise<void> {
  const response = await fetch('/api/session').catch(() => undefined)
  if (response?.ok) {
    refreshing.failingSince = null
    await invalidate(dependency)
    return
  }
  if (response?.status === 401) {
    await goto(`/login?next=${encodeURIComponent(location.pathname + location.search)}`)
    return
  }
  refreshing.failingSince ??= Date.now()
}
