import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { openTestDatabase, type TestDatabase } from '@picket/store/testing'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { verifyPassword } from '../src/lib/server/password.ts'
import { startBuiltConsole, type BuiltConsole } from './support/built-console.ts'
import { routePaths } from './support/route-paths.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const run = promisify(execFile)
const MARKER = 'host-only-for-people-signed-in'
/** What answers without a session, and why it may. */
const PUBLIC: Record<string, string> = {
  '/login': 'the way in',
  '/healthz': 'says only that the process serves',
  '/install.sh': 'the install script, without any token in it',
  '/download/[file]': 'the sensor archive, the same for everybody',
}

let database: TestDatabase
let site: BuiltConsole
let environment: Record<string, string>
let admin: { email: string; password: string }

const createAdmin = async (...args: string[]) => {
  const { stdout } = await run(process.execPath, [`${root}scripts/create-admin.ts`, ...args], {
    env: { ...process.env, ...environment },
  })
  return JSON.parse(stdout) as { created?: boolean; reset?: boolean; email: string; password: string }
}

beforeAll(async () => {
  database = await openTestDatabase()
  await database.addSensor(MARKER)
  environment = {
    DATABASE_URL: database.url,
    REDIS_URL: '/nonexistent/picket-test.sock', // nothing here may need Redis
    PICKET_SECRET: 'a secret of the access test, 32 characters and more',
  }
  const created = await createAdmin()
  expect(created.created).toBe(true)
  admin = created
  site = await startBuiltConsole(environment)
})

afterAll(async () => {
  await site?.close()
  await database?.close()
})

const PAGE = { accept: 'text/html,application/xhtml+xml' }

function signIn(email: string, password: string): Promise<Response> {
  return fetch(`${site.url}/login`, {
    method: 'POST',
    body: new URLSearchParams({ email, password }),
    headers: { ...PAGE, origin: site.url },
    redirect: 'manual',
  })
}

const cookieOf = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .join('; ')

describe('the first administrator', () => {
  it('is made once', async () => {
    expect(await createAdmin()).toEqual({ created: false })
  })

  it('has a password of about 99 bits that is stored as argon2id only', async () => {
    expect(admin.password).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/)
    const { rows } = await database.db.query<{ password: string }>('SELECT password FROM account')
    expect(rows).toHaveLength(1)
    expect(rows[0]!.password).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
    expect(await verifyPassword(rows[0]!.password, admin.password)).toBe(true)
    expect(await verifyPassword(rows[0]!.password, `${admin.password}x`)).toBe(false)
    expect(await verifyPassword('not a hash', admin.password)).toBe(false)
  })
})

describe('without a session', () => {
  const routes = routePaths(`${root}src/routes`)
  const closed = routes.filter(({ id }) => !(id in PUBLIC))

  it('knows the routes', () => {
    expect(routes.length).toBeGreaterThan(15)
    const ids = routes.map(({ id }) => id)
    for (const id of Object.keys(PUBLIC)) expect(ids).toContain(id)
  })

  it.each(closed)('$kind $id gives no data', async ({ path, kind }) => {
    for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
      for (const accept of ['application/json', PAGE.accept, '*/*']) {
        const response = await fetch(site.url + path, {
          method,
          headers: { accept, origin: site.url },
          redirect: 'manual',
        })
        const text = await response.text()
        const refused =
          response.status === 401 || (response.status === 303 && response.headers.get('location')?.startsWith('/login'))
        expect(refused, `${method} ${path} as ${accept}: ${response.status}`).toBe(true)
        expect(text).not.toContain(MARKER)
        expect(text.length).toBeLessThan(100)
      }
    }
    if (kind !== 'page') return
    const data = await fetch(`${site.url}${path === '/' ? '' : path}/__data.json`, { redirect: 'manual' })
    const text = await data.text()
    expect(text).toMatch(/"redirect"|Sign in first/)
    expect(text).not.toContain(MARKER)
  })

  it('an unknown path says no more than a known one', async () => {
    const response = await fetch(`${site.url}/nothing/here`, { redirect: 'manual' })
    expect(response.status).toBe(401)
  })

  it('a made-up session cookie is no session', async () => {
    const cookie =
      'picket.session_token=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA%3D'
    const response = await fetch(`${site.url}/api/session`, { headers: { cookie } })
    expect(response.status).toBe(401)
  })
})

describe('signing in', () => {
  it('says the same of a wrong password and an unknown account', async () => {
    const [wrong, unknown] = await Promise.all([signIn(admin.email, 'wrong'), signIn('nobody@picket.local', 'wrong')])
    expect([wrong.status, unknown.status]).toEqual([401, 401])
    expect(cookieOf(wrong) + cookieOf(unknown)).toBe('')
    expect(await wrong.text()).toContain('Email or password is wrong.')
  })

  it('opens the console, and signing out closes it for every copy of the cookie', async () => {
    const response = await signIn(admin.email, admin.password)
    expect(response.status).toBe(303)
    expect(response.headers.getSetCookie().join()).toMatch(/picket\.session_token=.*HttpOnly/i)
    const cookie = cookieOf(response)

    const session = await fetch(`${site.url}/api/session`, { headers: { cookie } })
    expect(await session.json()).toMatchObject({ user: { email: admin.email } })

    const page = await fetch(`${site.url}/hosts`, { headers: { cookie, ...PAGE } })
    expect(page.status).toBe(200)
    expect(await page.text()).toContain(MARKER)
    expect(page.headers.get('content-security-policy')).toMatch(/script-src [^;]*'nonce-/)
    expect(page.headers.get('content-security-policy')).not.toMatch(/script-src[^;]*unsafe-inline/)
    expect(page.headers.get('x-frame-options')).toBe('DENY')
    expect(page.headers.get('cache-control')).toBe('private, no-store')

    const out = await fetch(`${site.url}/logout`, {
      method: 'POST',
      headers: { cookie, origin: site.url, ...PAGE },
      redirect: 'manual',
    })
    expect(out.status).toBe(303)
    const after = await fetch(`${site.url}/api/session`, { headers: { cookie } })
    expect(after.status).toBe(401)
  })

  it('is refused from another site', async () => {
    const response = await fetch(`${site.url}/login`, {
      method: 'POST',
      body: new URLSearchParams(admin),
      headers: { ...PAGE, origin: 'https://evil.example' },
      redirect: 'manual',
    })
    expect(response.status).toBe(403)
    expect(cookieOf(response)).toBe('')
  })

  it('nobody can sign up or reach the account library by its own paths', async () => {
    const response = await fetch(`${site.url}/api/auth/sign-up/email`, {
      method: 'POST',
      body: JSON.stringify({ email: 'a@b.example', password: 'long enough to pass', name: 'a' }),
      headers: { 'content-type': 'application/json', origin: site.url },
    })
    expect(response.status).toBe(401)
    const { rows } = await database.db.query<{ n: number }>('SELECT count(*)::int AS n FROM "user"')
    expect(rows[0]!.n).toBe(1)
  })

  it('a reset password ends every session', async () => {
    const cookie = cookieOf(await signIn(admin.email, admin.password))
    const reset = await createAdmin('--reset')
    expect(reset).toMatchObject({ reset: true, email: admin.email })
    expect((await fetch(`${site.url}/api/session`, { headers: { cookie } })).status).toBe(401)
    expect((await signIn(admin.email, admin.password)).status).toBe(401)
    expect((await signIn(admin.email, reset.password)).status).toBe(303)
  })
})
