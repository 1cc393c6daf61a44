import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { chromium, type BrowserContext, type Page } from 'playwright-core'

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Why browser tests cannot run here; undefined when they can. */
export const noBrowser = existsSync(executablePath) ? undefined : `${executablePath} is not installed`

/** A real Chromium with an empty profile, and everything its pages complained about. */
export class Browser {
  readonly complaints: string[] = []
  readonly context: BrowserContext
  readonly #profile: string

  private constructor(context: BrowserContext, profile: string) {
    this.context = context
    this.#profile = profile
    context.on('page', (page) => this.#listen(page))
    for (const page of context.pages()) this.#listen(page)
  }

  static async launch(viewport = { width: 1440, height: 900 }): Promise<Browser> {
    const profile = mkdtempSync(path.join(tmpdir(), 'picket-chromium-'))
    const context = await chromium.launchPersistentContext(profile, {
      executablePath,
      viewport,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    })
    return new Browser(context, profile)
  }

  async page(): Promise<Page> {
    return this.context.pages()[0] ?? this.context.newPage()
  }

  async close(): Promise<void> {
    await this.context.close()
    rmSync(this.#profile, { recursive: true, force: true })
  }

  #listen(page: Page): void {
    page.on('console', (message) => {
      if (message.type() === 'error') this.complaints.push(`${page.url()}: ${message.text()}`)
    })
    page.on('pageerror', (error) => this.complaints.push(`${page.url()}: ${error.message}`))
  }
}

/** Signs in through the page as a person does. */
export async function signIn(
  page: Page,
  { url, email, password }: { url: string; email: string; password: string },
): Promise<void> {
  await page.goto(`${url}/login`)
  await page.getByLabel('Email').fill(email)
  await page.getByLabel('Password').fill(password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.waitForURL((to) => to.pathname !== '/login')
}
