import path from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Browser, noBrowser, signIn } from '../support/browser.ts'
import { startProduct, type Product } from '../support/product.ts'
import { root } from '../support/sensor-command.ts'

if (noBrowser) console.log(`skipped: ${noBrowser}`)
const capture = (name: string): string => path.join(root, 'test', 'cases', name, 'capture.pcap')
let product: Product
let browser: Browser
let page: Page

beforeAll(async () => {
  if (noBrowser) return
  product = await startProduct(['--replay', capture('office-hour'), '--replay', capture('port-scan'), '--speed', '8'])
  browser = await Browser.launch()
  page = await browser.page()
}, 180_000)
afterAll(async () => {
  await browser?.close()
  await product?.stop()
}, 60_000)

test.skipIf(noBrowser)('nobody sees anything before signing in', async () => {
  for (const route of ['/', '/flows', '/alerts', '/hosts', '/models', '/sensors', '/settings']) {
    await page.goto(product.url + route)
    expect(new URL(page.url()).pathname).toBe('/login')
  }
  await signIn(page, product)
  await page.getByRole('heading', { level: 1, name: 'Overview' }).waitFor()
})

test.skipIf(noBrowser)('a flow of the capture is on the flows page with its host name and class', async () => {
  await page.goto(`${product.url}/flows?from=now-1h&to=now`)
  await page.getByText('www.example.com').first().waitFor({ timeout: 60_000 })
  await page.goto(`${product.url}/flows?from=now-1h&to=now&class=remote-access`)
  await page
    .getByText(/remote access/i)
    .first()
    .waitFor({ timeout: 60_000 })
})

test.skipIf(noBrowser)('the scan in the capture is an alert that can be acknowledged and closed', async () => {
  await page.goto(`${product.url}/alerts`)
  await page.getByText(/scan/i).first().waitFor({ timeout: 60_000 })
})

test.skipIf(noBrowser)('retraining runs to its end and shows its metrics', async () => {
  await page.goto(`${product.url}/models`)
  await page
    .getByRole('button', { name: /retrain/i })
    .first()
    .click()
})

test.skipIf(noBrowser)('no page complained', () => {
  expect(browser.complaints).toEqual([])
})
