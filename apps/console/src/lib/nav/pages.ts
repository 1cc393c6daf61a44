import Bell from '@lucide/svelte/icons/bell'
import BrainCircuit from '@lucide/svelte/icons/brain-circuit'
import LayoutDashboard from '@lucide/svelte/icons/layout-dashboard'
import PlugZap from '@lucide/svelte/icons/plug-zap'
import Server from '@lucide/svelte/icons/server'
import Settings from '@lucide/svelte/icons/settings'
import Waypoints from '@lucide/svelte/icons/waypoints'

export interface NavPage {
  path: string
  title: string
  icon: typeof Bell
  /** Second key of the "g" shortcut. */
  key: string
}

export const NAV_SECTIONS: readonly { title: string; pages: readonly NavPage[] }[] = [
  {
    title: 'Monitor',
    pages: [
      { path: '/', title: 'Overview', icon: LayoutDashboard, key: 'o' },
      { path: '/alerts', title: 'Alerts', icon: Bell, key: 'a' },
      { path: '/flows', title: 'Flows', icon: Waypoints, key: 'f' },
      { path: '/hosts', title: 'Hosts', icon: Server, key: 'h' },
    ],
  },
  { title: 'Detect', pages: [{ path: '/models', title: 'Models', icon: BrainCircuit, key: 'm' }] },
  {
    title: 'Manage',
    pages: [
      { path: '/sensors', title: 'Sensors', icon: PlugZap, key: 's' },
      { path: '/settings', title: 'Settings', icon: Settings, key: 'e' },
    ],
  },
]

export const NAV_PAGES: readonly NavPage[] = NAV_SECTIONS.flatMap((section) => section.pages)

export function isCurrent(page: NavPage, pathname: string): boolean {
  return page.path === '/' ? pathname === '/' : pathname === page.path || pathname.startsWith(`${page.path}/`)
}
