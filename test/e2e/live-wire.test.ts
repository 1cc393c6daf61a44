import { once } from 'node:events'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Lab, type LabHost } from '../lab/lab.ts'
import { Browser, noBrowser, signIn } from '../support/browser.ts'
import { startProduct, type Product } from '../support/product.ts'
import { root } from '../support/sensor-command.ts'

const missing = noBrowser ?? (Lab.available() ? undefined : 'network namespaces need root on Linux')
if (missing) console.log(`skipped: ${missing}`)
const OCTETS = 4 << 20
let lab: Lab
let web: LabHost
let selfAddress: string
let product: Product
let browser: Browser
let page: Page

describe.skipIf(missing)('the product on the wires of this host, as `npm start` runs it', () => {
  beforeAll(async () => {
    lab = new Lab()
    web = lab.addHost('web')
    selfAddress = lab.addSelf()
    const server = lab.spawn(
      'web',
      process.execPath,
      [path.join(root, 'test', 'support', 'download-server.ts'), web.address],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    )
    await once(server.stdout!, 'data')
    product = await startProduct([])
    browser = await Browser.launch()
    page = await browser.page()
    await signIn(page, product)
  }, 180_000)
  afterAll(async () => {
    await browser?.close()
    await product?.stop()
    await lab?.destroy()
  }, 60_000)

  test("shows this host's interfaces moving, without a reload", async () => {
    await page.goto(`${product.url}/hosts`)
    await page.locator('td a[href^="/hosts/"]').first().click()
    const row = page.getByRole('row').filter({ hasText: lab.selfInterface })
    await row.waitFor()
    const packets = row.getByRole('cell').nth(4)
    lab.spawn('web', 'ping', ['-c', '200', '-i', '0.05', selfAddress])
    await expect.poll(() => packets.textContent(), { timeout: 20_000 }).toMatch(/[1-9]\S* pkt\/s/)
  })

  test('puts a download onto the open flows page, classified', async () => {
    await page.goto(`${product.url}/flows`)
    await page.getByText(/^Live/).first().waitFor()
    const answer = await fetch(`http://${web.address}/bytes/${OCTETS}`, { headers: { connection: 'close' } })
    expect((await answer.arrayBuffer()).byteLength).toBe(OCTETS)
    const row = page.getByRole('row').filter({ hasText: `${web.address}:80` })
    await row.first().waitFor({ timeout: 30_000 })
    expect(await row.first().textContent()).toMatch(/HTTP.*Web.*4\.\d+ MiB/s)
    expect(browser.complaints).toEqual([])
  })
})
