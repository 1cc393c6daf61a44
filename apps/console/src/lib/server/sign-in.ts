import { APIError } from 'better-auth/api'
import { auth } from './services.ts'
import { SignInThrottle } from './sign-in-throttle.ts'

export type SignInResult = { ok: true; headers: Headers } | { ok: false; status: 401 | 429; message: string }

const throttle = new SignInThrottle()

export interface SignInAttempt {
  email: string
  password: string
  address: string
  /** For the session's record: user agent. */
  headers: Headers
}

/** One answer for an unknown account and a wrong password. */
export async function signIn({ email, password, address, headers }: SignInAttempt): Promise<SignInResult> {
  const keys = [`address ${address}`, `account ${email.toLowerCase()}`]
  const wait = throttle.waitSeconds(keys)
  if (wait > 0) {
    return { ok: false, status: 429, message: `Too many failed attempts. Try again in ${Math.ceil(wait / 60)} min.` }
  }
  try {
    const userAgent = headers.get('user-agent') ?? ''
    const result = await auth().api.signInEmail({
      body: { email, password, rememberMe: true },
      headers: new Headers({ 'user-agent': userAgent, 'x-forwarded-for': address }),
      returnHeaders: true,
    })
    throttle.succeeded(keys)
    return { ok: true, headers: result.headers }
  } catch (error) {
    if (!(error instanceof APIError)) throw error
    throttle.failed(keys)
    return { ok: false, status: 401, message: 'Email or password is wrong.' }
  }
}
