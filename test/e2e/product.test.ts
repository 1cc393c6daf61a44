import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Browser, noBrowser, signIn } from '../support/browser.ts'
import { startProduct, type Product } from '../support/product.ts'
import { root } from '../support/sensor-command.ts'
import { until } from '../support/until.ts'

if (noBrowser) console.log(`skipped: ${noBrowser}`)
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const capture = (name: string): string => path.join(root, 'test', 'cases', name, 'capture.pcap')
const PAGES = ['/', '/flows', '/alerts', '/hosts', '/models', '/sensors', '/settings', '/settings/audit', '/account']
let product: Product
let browser: Browser
let page: Page

describe.skipIf(noBrowser)('the product, started by its own start script on two captures', () => {
  beforeAll(async () => {
    product = await startProduct(['--replay', capture('office-hour'), '--replay', capture('port-scan'), '--speed', '8'])
    browser = await Browser.launch()
    page = await browser.page()
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
  }, 60_000)

  test('shows nothing before signing in', async () => {
    for (const route of PAGES) {
      await page.goto(product.url + route)
      expect(new URL(page.url()).pathname).toBe('/login')
    }
    await signIn(page, product)
    await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
  })

  test('is live: the page receives events without being reloaded', async () => {
    await page.goto(product.url)
    await page.getByText(/^Live/).first().waitFor()
  })

  test('lists a flow of the capture with its host name and its class', async () => {
    await page.goto(`${product.url}/flows?from=now-1h&to=now&class=remote-access`)
    const row = page.getByRole('row').filter({ hasText: 'SSH' }).first()
    await row.waitFor({ timeout: 60_000 })
    expect(await row.textContent()).toMatch(/10\.213\.77\.11.*:22.*Remote access/s)
    await page.goto(`${product.url}/flows?from=now-1h&to=now&class=web`)
    await page.getByRole('row').filter({ hasText: 'www.example.com' }).first().waitFor()
  })

  test('exports exactly the flows that are filtered', async () => {
    const exported = await page.request.get(
      `${product.url}/flows/export?format=ndjson&from=now-1h&to=now&class=remote-access`,
    )
    expect(exported.status()).toBe(200)
    const lines = (await exported.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { picket: { class: string } })
    expect(lines.length).toBeGreaterThan(0)
    expect(new Set(lines.map(({ picket }) => picket.class))).toEqual(new Set(['remote-access']))
  })

  test('raises one alert for the scan, which a person acknowledges and closes with a reason', async () => {
    await page.goto(`${product.url}/alerts`)
    await page.getByText('scans the ports of').first().click({ timeout: 60_000 })
    await page.getByRole('button', { name: 'Acknowledge' }).click()
    await page
      .getByText(/^Acknowledged/)
      .first()
      .waitFor()
    await page.getByRole('button', { name: /^Close/ }).click()
    await page.getByRole('dialog').getByText('True positive').click()
    await page.getByRole('dialog').getByRole('button', { name: 'Close alert' }).click()
    await page.goto(`${product.url}/alerts?state=closed`)
    await page.getByText('scans the ports of').first().waitFor()
  })

  test('retrains on the stored flows to the end and offers the models to the sensor', async () => {
    await page.goto(`${product.url}/models`)
    await page.getByRole('button', { name: 'Retrain…' }).first().click()
    await page.getByRole('button', { name: 'Start training' }).click()
    await page.waitForURL(/\/models\/jobs\//)
    await page.getByText('Completed').first().waitFor({ timeout: 120_000 })
    await page.goto(`${product.url}/models`)
    await page
      .getByText(/Anomaly forest/i)
      .first()
      .waitFor()
  }, 180_000)

  test('imports captures that are uploaded in the browser, and keeps nothing of the upload', async () => {
    const upload = ['ssh', 'mail'].map((name) => ({
      name: `${name}.pcap`,
      mimeType: 'application/octet-stream',
      buffer: readFileSync(capture(name)),
    }))
    await page.goto(`${product.url}/models`)
    await page.getByRole('button', { name: 'Import…' }).first().click()
    await page.getByLabel('Files', { exact: true }).setInputFiles(upload)
    await page.getByRole('button', { name: 'Start the import' }).click()
    await page.waitForURL(/\/models\/jobs\//)
    await page.getByText('Completed').first().waitFor({ timeout: 120_000 })
    await page.getByText('ssh.pcap').first().waitFor()
    expect(readdirSync(path.join(product.data, 'collector', 'imports'))).toEqual([])
  }, 180_000)

  test('shows a host and its interfaces, which follow the feed', async () => {
    await page.goto(`${product.url}/hosts`)
    await page.locator('td a[href^="/hosts/"]').first().click()
    await page.getByRole('heading', { name: 'Resources' }).waitFor()
    await examine()
    await page.locator('td a[href*="/interfaces/"]').first().click()
    await page.getByRole('heading', { name: 'Throughput' }).waitFor()
    await examine()
  })

  test.each(PAGES)('%s has no serious accessibility violation and fits a phone', async (route) => {
    await page.goto(product.url + route)
    await page.waitForLoadState('load')
    await examine()
  })

  test('no page wrote an error to the browser console', () => {
    expect(browser.complaints).toEqual([])
  })

  test('stops on Ctrl-C and leaves no process', async () => {
    const pids = Object.values(product.pids)
    expect(pids.length).toBeGreaterThanOrEqual(6)
    await product.stop()
    expect(product.running.child.exitCode).toBe(0)
    await until('every process is gone', async () => pids.every((pid) => !isAlive(pid)), 5_000)
  }, 60_000)
})

/** The page fits a phone and has no serious accessibility violation. */
async function examine(): Promise<void> {
  await page.setViewportSize({ width: 390, height: 844 })
  // Charts follow a new width a frame later.
  await expect.poll(() => page.evaluate<number>('document.documentElement.scrollWidth')).toBeLessThanOrEqual(390)
  await page.setViewportSize({ width: 1440, height: 900 })
  // Evaluated by the debugger, which the console's own security policy does not bind; a script tag would be stopped.
  await page.evaluate(axe)
  const { violations } = await page.evaluate<{
    violations: { id: string; impact: string; nodes: { target: string[] }[] }[]
  }>('axe.run()')
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const found = serious.map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
  expect(found, page.url()).toEqual([])
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
