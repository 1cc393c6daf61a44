import type { RequestHandler } from './$types'

/** For a supervisor or a load balancer: the process answers. */
export const GET: RequestHandler = () =>
  new Response('ok\n', { headers: { 'content-type': 'text/plain', 'cache-control': 'no-store' } })
