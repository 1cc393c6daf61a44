import { error } from '@sveltejs/kit'
import { answerUpload } from '#lib/server/uploads/answer.ts'
import { CHUNK_OCTETS } from '#lib/models/import-file.ts'
import type { RequestHandler } from './$types'

/** The next octets of a file, from `offset` on. */
export const PUT: RequestHandler = ({ locals, params, request, url }) =>
  answerUpload(locals, async (uploads, actor) => {
    const offset = Number(url.searchParams.get('offset'))
    if (!Number.isSafeInteger(offset) || offset < 0) error(400, 'offset: a number of octets')
    const octets = new Uint8Array(await request.arrayBuffer())
    if (octets.length === 0 || octets.length > CHUNK_OCTETS) error(413, `At most ${CHUNK_OCTETS} octets at once`)
    await uploads.append(actor, params.id, params.name, offset, octets)
  })
