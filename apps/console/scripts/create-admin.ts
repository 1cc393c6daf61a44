import { randomInt } from 'node:crypto'
import { Pool } from 'pg'
import { createAuth, migrateAuth, type Auth } from '../src/lib/server/auth.ts'

const EMAIL = 'admin@picket.local'
// Without 0 o 1 l i: 31 symbols, 20 of them, 99 bits.
const ALPHABET = 'abcdefghjkmnpqrstuvwxyz23456789'

function generatePassword(): string {
  const group = () => Array.from({ length: 5 }, () => ALPHABET[randomInt(ALPHABET.length)]).join('')
  return [group(), group(), group(), group()].join('-')
}

async function createAdministrator(auth: Auth): Promise<{ created: boolean; email?: string; password?: string }> {
  const context = await auth.$context
  if ((await context.internalAdapter.countTotalUsers()) > 0) return { created: false }
  const password = generatePassword()
  const user = await context.internalAdapter.createUser(
    { email: EMAIL, name: 'Administrator', emailVerified: true },
    { method: 'email-password' },
  )
  await context.internalAdapter.linkAccount({
    userId: user.id,
    providerId: 'credential',
    accountId: user.id,
    password: await context.password.hash(password),
  })
  return { created: true, email: EMAIL, password }
}

/** A forgotten password: a new one for the first administrator, and every session of theirs ended. */
async function resetAdministrator(auth: Auth): Promise<{ reset: boolean; email?: string; password?: string }> {
  const context = await auth.$context
  const found = await context.internalAdapter.findUserByEmail(EMAIL)
  if (!found) return { reset: false }
  const password = generatePassword()
  await context.internalAdapter.updatePassword(found.user.id, await context.password.hash(password))
  await context.internalAdapter.deleteUserSessions(found.user.id)
  return { reset: true, email: EMAIL, password }
}

async function main(): Promise<number> {
  const { DATABASE_URL, PICKET_SECRET, PUBLIC_URL } = process.env
  const mistakes = []
  if (!DATABASE_URL) mistakes.push('DATABASE_URL is not set')
  if (!PICKET_SECRET || PICKET_SECRET.length < 32) mistakes.push('PICKET_SECRET: expected at least 32 characters')
  const unknown = process.argv.slice(2).filter((argument) => argument !== '--reset')
  if (unknown.length > 0) mistakes.push(`${unknown.join(' ')}: expected nothing or --reset`)
  if (mistakes.length > 0 || !PICKET_SECRET) {
    for (const mistake of mistakes) process.stderr.write(`${mistake}\n`)
    return 2
  }
  const pool = new Pool({ connectionString: DATABASE_URL, max: 1 })
  try {
    const auth = createAuth({ pool, baseURL: PUBLIC_URL ?? 'http://localhost:3000', secret: PICKET_SECRET })
    await migrateAuth(auth)
    const result = process.argv.includes('--reset') ? await resetAdministrator(auth) : await createAdministrator(auth)
    process.stdout.write(`${JSON.stringify(result)}\n`)
    return 0
  } catch (error) {
    process.stderr.write(
      `The administrator could not be created: ${error instanceof Error ? error.message : String(error)}\n`,
    )
    return 1
  } finally {
    await pool.end()
  }
}

process.exitCode = await main()
