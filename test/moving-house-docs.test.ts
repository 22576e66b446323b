// Runs the commands of docs/moving-house.md in their order, on a store that is in use.

import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { createPostgresDatabase, testOnPostgres } from './databases.ts'
import { program, run, temporaryFolder } from './program.ts'

const file = new URL('../docs/moving-house.md', import.meta.url)
const url = 'postgresql://contrail:secret@db.example.com/contrail'

testOnPostgres('the commands of docs/moving-house.md do what it says', async () => {
  await using temporary = await temporaryFolder()
  await using database = await createPostgresDatabase('empty')
  const { folder } = temporary
  assert.equal((await run(folder, 'account', 'create', 'joesflowers')).code, 0)
  const text = await readFile(file, 'utf8')
  const lines = [...text.matchAll(/^```\n(.*?)^```$/gms)].flatMap(([, block]) => block!.trim().split('\n'))
  const outputs: string[] = []
  for (const line of lines) {
    const [npx, name, ...args] = line.replaceAll(url, database.url).split(' ')
    assert.deepEqual([npx, name], ['npx', 'contrail'])
    const ran = await promisify(execFile)(process.execPath, [program, ...args], { cwd: folder })
    outputs.push(`${args[0]}: ${ran.stdout}`)
  }
  assert.deepEqual(outputs.map((output) => output.split(':')[0]), ['copy', 'copy', 'copy', 'backup', 'restore', 'doctor']) // oxfmt-ignore
  for (const output of outputs.slice(0, 3)) {
    assert.match(output, /^joesflowers +account +1 +1 +[0-9a-f]{12} +same$/m)
    assert.doesNotMatch(output, /DIFFERS/)
  }
  assert.match(outputs.at(-1)!, /ok +database +.*every page is sound/)
})
