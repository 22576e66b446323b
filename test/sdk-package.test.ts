// The SDK as it is published: packed, looked at, installed in a fresh folder, and its README's examples run there.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { publint } from 'publint'
import { formatMessage } from 'publint/utils'
import { createDemo, demoCredentials } from '../src/core/demo/demo-data.ts'
import { listen } from '../src/server.ts'
import { temporaryFolder } from './program.ts'
import { openTestApp } from './server.ts'

const run = promisify(execFile)
const sdk = fileURLToPath(new URL('../sdk', import.meta.url))
const node = process.execPath

test('the package is sound, holds what it needs and nothing else, and its README does what it says', async () => {
  await using temporary = await temporaryFolder()
  const { folder } = temporary
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], { cwd: sdk })
  const [packed] = JSON.parse(stdout.slice(stdout.indexOf('['))) as [{ filename: string; files: { path: string }[] }]
  const paths = packed.files.map(({ path }) => path)
  for (const path of paths)
    assert.match(path, /^(package\.json|README\.md|dist\/(generated\/)?[a-z0-9-]+\.(js|d\.ts))$/)
  for (const path of ['dist/index.js', 'dist/index.d.ts', 'dist/2008.js', 'dist/2008.d.ts'])
    assert.ok(paths.includes(path), path)
  const { messages } = await publint({ pkgDir: sdk, strict: true })
  const manifest = JSON.parse(await readFile(join(sdk, 'package.json'), 'utf8')) as { dependencies?: object }
  assert.deepEqual(messages.map((message) => formatMessage(message, manifest)), []) // oxfmt-ignore
  assert.equal(manifest.dependencies, undefined)

  await writeFile(join(folder, 'package.json'), '{"type":"module"}')
  await run('npm', ['install', '--no-audit', '--no-fund', '--offline', join(folder, packed.filename)], { cwd: folder })
  await runReadme(folder)
})

async function runReadme(folder: string): Promise<void> {
  await using opened = await openTestApp({ port: 0 })
  await createDemo(opened.app.db, opened.app.now())
  opened.clock.now += 60_000
  const listening = await listen(opened.app)
  const { url } = listening
  try {
    const readme = await readFile(join(sdk, 'README.md'), 'utf8')
    const examples = [...readme.matchAll(/^```ts\n([^]*?)^```$/gm)].map(([, text]) => text!)
    assert.equal(examples.length, 7)
    const env = { ...process.env, CONTRAIL_URL: url, CONTRAIL_KEY: demoCredentials.key, WEBHOOK_SECRET: 'whsec_AAAA' }
    const said: string[] = []
    for (const [i, example] of examples.entries()) {
      const file = join(folder, `example-${i}.ts`)
      await writeFile(file, example)
      said.push((await run(node, [file], { cwd: folder, env })).stdout)
    }
    assert.match(said[0]!, /click http:\/\/www\.boston\.com/)
    assert.equal(said[1], '')
    assert.equal(said[2], 'pending\n')
    assert.equal(said[3], '1 new \n')
    assert.equal(said[4]!.trim().split('\n').length, 3)
    assert.equal(said[5], '')
    assert.match(said[6]!, /October Specials http:\/\/www\.boston\.com/)
    assert.deepEqual(await typeErrors(folder), '')
  } finally {
    await listening.close()
  }
}

/** The examples by the package's types, as a program of its own would be checked. */
async function typeErrors(folder: string): Promise<string> {
  const options = { target: 'esnext', module: 'nodenext', lib: ['esnext', 'dom'], types: ['node'], typeRoots: [fileURLToPath(new URL('../node_modules/@types', import.meta.url))], strict: true, noEmit: true, skipLibCheck: false } // oxfmt-ignore
  await writeFile(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ compilerOptions: options, include: ['example-*.ts'] }),
  )
  const tsc = fileURLToPath(new URL('../node_modules/.bin/tsc', import.meta.url))
  return run(tsc, ['-p', folder]).then(() => '', ({ stdout }: { stdout: string }) => stdout) // oxfmt-ignore
}
