/**
 * The only routes that answer without a session. Everything else is refused by the hook, so a new page or endpoint is
 * closed until it is named here.
 */
const PUBLIC_ROUTES: ReadonlySet<string> = new Set([
  '/login',
  '/healthz', // says only that the process serves requests
  // New hosts fetch the install script and the sensor archive, which hold no data, before they have any identity.
  '/install.sh',
  '/download/[file]',
])

export const isPublicRoute = (routeId: string | null): boolean => routeId !== null && PUBLIC_ROUTES.has(routeId)
