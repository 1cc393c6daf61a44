import { createReadStream } from 'node:fs'
import { Readable } from 'node:stream'
import { error } from '@sveltejs/kit'
import { listArchives } from '#lib/server/install.ts'
import { config } from '#lib/server/services.ts'
import type { RequestHandler } from './$types'

/** A sensor archive by its name, and only those: the name is looked up in the list, never joined to a path. */
export const GET: RequestHandler = async ({ params }) => {
  const archives = await listArchives(config().bundles)
  const archive = archives.find(({ name }) => name === params.file)
  if (!archive) {
    const names = archives.map(({ name }) => name).join(', ')
    error(
      404,
      names ? `There is no archive ${params.file} here, only ${names}` : 'This console has no sensor archive to offer',
    )
  }
  return new Response(Readable.toWeb(createReadStream(archive.path)) as ReadableStream, {
    headers: {
      'content-type': 'application/gzip',
      'content-length': String(archive.size),
      'content-disposition': `attachment; filename="${archive.name}"`,
      'cache-control': 'no-cache, no-transform', // the checksum is of exactly these octets
      etag: `"${archive.sha256}"`,
      'x-checksum-sha256': archive.sha256,
    },
  })
}
