// Runs the commands of docs/oauth.md in their order: `contrail` as a process, `curl` against the whole app in memory.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { decide } from './oauth.ts'
import { host, startTestServer } from './server.ts'
import type { TestServer } from './server.ts'

const program = fileURLToPath(new URL('../bin/contrail', import.meta.url))
const file = new URL('../docs/oauth.md', import.meta.url)

type Variables = Record<string, string>

/** The words of a command as a shell would split them. */
function split(line: string, variables: Variables): string[] {
  const words = line.match(/(?:"[^"]*"|[^\s"])+/g) ?? []
  return words.map((word) =>
    word.replaceAll('"', '').replace(/\$([A-Z_]+)/g, (_, name: string) => {
      assert.ok(variables[name] !== undefined, `nothing has set ${name}`)
      return variables[name]
    }),
  )
}

async function contrail(server: TestServer, args: string[]): Promise<Variables> {
  const env = { ...process.env, CONTRAIL_DATA: server.dataDir }
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '--json'], { env })
  return JSON.parse(stdout) as Variables
}

/** curl with -u, -d and -H. */
async function curl(server: TestServer, args: readonly string[]): Promise<Response> {
  const [headers, body] = [new Headers({ host }), new URLSearchParams()]
  let url = ''
  for (let i = 0; i < args.length; i++) {
    const [option, next = ''] = [args[i]!, args[i + 1]]
    if (!option.startsWith('-')) url = option
    else i++
    if (option === '-u') headers.set('authorization', `Basic ${Buffer.from(next).toString('base64')}`)
    if (option === '-d') body.append(...(next.split(/=(.*)/s) as [string, string]))
    if (option === '-H') headers.set(...(next.split(': ') as [string, string]))
  }
  return server.fetch(new Request(url, body.size > 0 ? { method: 'POST', headers, body } : { headers }))
}

test('the commands of docs/oauth.md do what it says', async () => {
  await using server = await startTestServer()
  const known: Variables = { CONTRAIL: `http://${host}` }
  const ran: string[] = []
  const blocks = (await readFile(file, 'utf8')).matchAll(/^```(\w*)\n(.*?)^```$/gms)
  for (const line of [...blocks].flatMap(([, language, block]) => (language ? [] : block!.trim().split('\n')))) {
    const [name, value] = line.split(/=(.*)/s) as [string, string?]
    if (/^[A-Z]+$/.test(name) && value !== undefined) known[name] = value
    else if (line.startsWith('npx contrail ')) {
      const made = await contrail(server, split(line, known).slice(2))
      const prefix = made['name'] === 'Flower CRM' ? 'CLIENT' : 'SCRIPT'
      Object.assign(known, { [`${prefix}_ID`]: made['clientId'], [`${prefix}_SECRET`]: made['clientSecret'] })
    } else if (line.startsWith('curl ')) {
      const answer = await curl(server, split(line, known).slice(1))
      assert.equal(answer.status, 200, line)
      if (!line.endsWith('/token')) continue
      const { access_token: token, refresh_token: renewing = '' } = (await answer.json()) as Variables
      Object.assign(known, { TOKEN: token, REFRESH: renewing || known['REFRESH']! })
    } else {
      const page = await server.fetch(new Request(split(line, known)[0]!))
      const back = new URL((await decide(server, page)).headers.get('location')!)
      assert.match(back.href, /^https:\/\/crm\.example\/back\?code=[^&]+&username=joesflowers&state=xyz$/)
      known['CODE'] = back.searchParams.get('code')!
    }
    ran.push(line)
  }
  assert.equal(ran.filter((line) => line.startsWith('npx')).length, 3)
  assert.ok(known['CODE'] && known['TOKEN'] && known['REFRESH'])
})
