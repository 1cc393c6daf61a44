import { fail, redirect } from '@sveltejs/kit'
import { localPath } from '#lib/local-path.ts'
import { copyCookies } from '#lib/server/session.ts'
import { signIn } from '#lib/server/sign-in.ts'
import type { Actions, PageServerLoad } from './$types'

export const load: PageServerLoad = ({ locals, url }) => {
  if (locals.user) redirect(303, localPath(url.searchParams.get('next')))
  return {}
}

export const actions: Actions = {
  default: async ({ request, cookies, url, getClientAddress }) => {
    const form = await request.formData()
    const email = String(form.get('email') ?? '').trim()
    const password = String(form.get('password') ?? '')
    if (!email || !password) return fail(400, { email, message: 'Enter your email and password.' })

    const result = await signIn({ email, password, address: getClientAddress(), headers: request.headers })
    if (!result.ok) return fail(result.status, { email, message: result.message })
    copyCookies(result.headers, cookies)
    redirect(303, localPath(url.searchParams.get('next')))
  },
}
