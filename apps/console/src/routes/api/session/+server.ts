import { json } from '@sveltejs/kit'
import type { RequestHandler } from './$types'

/** Who is signed in; 401 from the hook when nobody is. */
export const GET: RequestHandler = ({ locals }) => json({ user: locals.user })
