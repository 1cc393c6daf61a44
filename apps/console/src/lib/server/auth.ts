import { betterAuth } from 'better-auth'
import { getMigrations } from 'better-auth/db/migration'
import type { Pool } from 'pg'
import { hashPassword, verifyPassword } from './password.ts'

export interface AuthOptions {
  pool: Pool
  /** PUBLIC_URL: https makes the cookies Secure. */
  baseURL: string
  /** At least 32 characters; signs the session cookie. */
  secret: string
}

const DAY_S = 86_400

/** Sessions and users. Also runs unbuilt: scripts/create-admin.ts imports it. Nobody can sign up; users are made by scripts. */
export function createAuth({ pool, baseURL, secret }: AuthOptions) {
  return betterAuth({
    appName: 'Picket',
    baseURL,
    secret,
    database: pool,
    telemetry: { enabled: false },
    logger: { level: 'error' },
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: 12,
      maxPasswordLength: 256,
      password: {
        hash: hashPassword,
        verify: ({ hash, password }) => verifyPassword(hash, password),
      },
    },
    session: { expiresIn: 7 * DAY_S, updateAge: DAY_S },
    advanced: { cookiePrefix: 'picket', defaultCookieAttributes: { sameSite: 'lax', httpOnly: true } },
  })
}

export type Auth = ReturnType<typeof createAuth>

/** Creates what is missing of the tables user, session, account, verification. */
export async function migrateAuth(auth: Auth): Promise<void> {
  const { runMigrations } = await getMigrations(auth.options)
  await runMigrations()
}
