import { error } from '@sveltejs/kit'
import { fillInstallScript, listArchives } from '#lib/server/install.ts'
import { config } from '#lib/server/services.ts'
import template from '../../../../../infra/install/install.sh?raw'
import type { RequestHandler } from './$types'

/** The install script for new hosts: addresses and checksums, no secret and no data. Public by design. */
export const GET: RequestHandler = async () => {
  const { publicUrl, streamAddress, enrolAddress, bundles } = config()
  const archives = await listArchives(bundles)
  if (archives.length === 0) {
    error(
      404,
      'This console has no sensor archive to offer: run npm run bundle, or set PICKET_BUNDLES to the folder that holds it',
    )
  }
  if (!streamAddress || !enrolAddress) {
    error(404, 'This console does not know where sensors connect: set PICKET_STREAM_ADDRESS and PICKET_ENROL_ADDRESS')
  }
  const script = fillInstallScript(template, { publicUrl, stream: streamAddress, enrol: enrolAddress, archives })
  return new Response(script, {
    headers: { 'content-type': 'text/x-shellscript; charset=utf-8', 'cache-control': 'no-store' },
  })
}
