// Asks a store everything that the web pages ask, for the tests that look at statements. Called by use-everything.ts.

import assert from 'node:assert/strict'
import { addDemoUsers } from '../src/core/demo/demo-data.ts'
import { renewRecoveryCodes, takeCode, turnTotpOff, turnTotpOn } from '../src/core/users/second-factor.ts'
import { createSetupToken, isSetupToken, setUp } from '../src/core/users/setup.ts'
import { totpCode, totpStep } from '../src/core/users/totp.ts'
import { findUser } from '../src/core/users/user.ts'
import { changeRole, choosePassword, createUser, removeUser } from '../src/core/users/write-user.ts'
import type { Db } from '../src/db/db.ts'
import { createFetch } from '../src/server.ts'
import { openBrowser, webPassword } from './web.ts'
import { testCredentials } from './server.ts'
import type { TestServer } from './server.ts'

const looks = ['/', '/search?q=jflowers', '/search?q=joe+f', '/search?q=%C3%A5', '/contacts', '/contacts?did=silent&list=1&status=active', '/contacts?did=bounced&when=30',
  '/contacts/32', '/contacts/32?kind=open&who=people', '/contacts/32?campaign=1100&who=people&from=2009-01-01&until=2009-12-31', '/contacts/32?campaign=1100', '/contacts/32/events', '/contacts/32/edit', '/contacts/32/consent', '/lists', '/lists/1', '/imports', '/campaigns', '/campaigns/1100',
  '/campaigns/1100/recipients?outcome=not-opened', '/campaigns/1100/recipients?outcome=clicked', '/campaigns/1100/mail?clicks=on', '/campaigns/new', '/campaigns/1100/preview?as=32', '/campaigns/1100/send', '/deliverability', '/deliverability/holds', '/deliverability/review', '/deliverability/providers', '/deliverability/providers?state=partly', '/deliverability/providers/new', '/deliverability/suppressions',
  '/deliverability/suppressions?reason=manual', '/settings', '/settings/users', '/settings/keys', '/settings/webhooks', '/settings/senders', '/settings/audit', '/profile', '/profile/codes'] // oxfmt-ignore
const files = ['/contacts/32/events.csv', '/contacts/32/events.json', '/campaigns/1100/recipients.csv?outcome=sent']

export async function useWeb(server: TestServer, db: Db): Promise<void> {
  const { accountId } = server
  const clock = { now: server.app.now() }
  const app = { ...server.app, db, now: () => clock.now }
  const token = (await createSetupToken(db))!
  assert.ok(await isSetupToken(db, token))
  const first = { token, username: testCredentials.username, email: 'owner@web.example', name: 'Owner', password: webPassword } // oxfmt-ignore
  // Looks through the accounts, which are few.
  await setUp(server.app.db, first, clock.now)
  await addDemoUsers(db, clock.now)
  const fetch = createFetch(app)
  const browser = openBrowser((request) => Promise.resolve(fetch(request)))
  assert.equal((await browser.signIn(first.email)).status, 303)
  for (const path of looks) assert.equal((await browser.get(path)).status, 200, path)
  assert.equal((await browser.get('/search?q=32')).status, 303)
  for (const path of files) await (await browser.get(path)).text()
  const { user, link } = await createUser(db, accountId, { email: 'b@web.example', name: 'B', role: 'viewer' }, clock.now) // oxfmt-ignore
  await choosePassword(db, link, webPassword, clock.now)
  await changeRole(db, accountId, user.userId, 'editor')
  await removeUser(db, accountId, user.userId)
  const owner = (await findUser(db, first.email))!
  const secret = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ'
  await turnTotpOn(db, owner, { secret, code: totpCode(secret, totpStep(clock.now)) }, clock.now)
  const [recovery] = await renewRecoveryCodes(db, owner)
  assert.equal(await takeCode(db, owner, '000000', clock.now), 'wrong')
  assert.equal(await takeCode(db, owner, recovery!, clock.now), 'ok')
  await turnTotpOff(db, owner)
  await browser.send('/profile', '/profile/name', { name: 'Owner the first' })
  await browser.send('/contacts', '/contacts/32/export')
  await browser.send('/settings', '/settings/tracking', { tracking: 'full' })
  await browser.send('/settings', '/settings/wire', { days: '90', optout: '', machines: 'off' })
  for (const minutes of [2, 61]) {
    clock.now += minutes * 60_000
    await browser.page('/contacts')
  }
  await browser.send('/contacts', '/sign-out')
  assert.equal((await browser.signIn(first.email)).status, 303)
}
