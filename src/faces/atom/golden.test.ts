// The wire byte for byte: each testdata/wire-2008/NAME has a history, a request and the answer expected of it. A request
// with a body has its Content-Type below its first line, then an empty line. `{created}` is the path of what the
// history's last request created. Text answers are NAME.txt.

import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { testOnEach as test } from '../../../test/databases.ts'
import { DOMParser } from '@xmldom/xmldom'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { importLines } from '../../../test/import-lines.ts'
import { isUpload, uploadLine } from '../../../test/upload.ts'
import type { Upload } from '../../../test/upload.ts'
import { startTestServer } from '../../../test/server.ts'
import { isStep, takeStep } from '../../../test/steps.ts'
import type { Step } from '../../../test/steps.ts'

const folder = new URL('../../../testdata/wire-2008/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, folder), 'utf8')
/** The secret part of an image's address, and what follows the time in an activity's id. */
const random = /(?<=\/library\/\d+\/)[0-9a-f]{32}(?=\/)|(?<=\/activities\/a[0-9a-z]{9})[0-9a-z]{9}/g
const names = readdirSync(folder)
  .filter((file) => file.endsWith('.request'))
  .map((file) => file.slice(0, -'.request'.length))

for (const name of names) {
  const request = read(`${name}.request`)
  const description = /^Description: (.*)$/m.exec(request)![1]!
  test(`wire-2008 ${name}: ${description}`, async () => {
    await using server = await startTestServer({ publicHost: 'api.constantcontact.com' })
    const lines = read(`${name}.ndjson`).split('\n').filter(Boolean)
    const history = lines.map((line) => JSON.parse(line) as { type: string })
    // The library is not imported but uploaded.
    await importLines(
      server,
      history.filter(({ type }) => !isUpload(type) && !isStep(type)),
    )
    for (const upload of history.filter(({ type }) => isUpload(type))) await uploadLine(server, upload as Upload)
    let created = ''
    for (const step of history.filter(({ type }) => isStep(type))) created = await takeStep(server, step as Step)
    const [, status, type] = /^Expect: (\d+) (.*)$/m.exec(request)!
    const [, method, path, contentType, sent] = /^(GET|POST) (.*)\n(?:Content-Type: (.*)\n\n([^]*))?$/m.exec(request)!

    const response = await server.get(path!.replace('{created}', created), {
      method: method!,
      ...(contentType && { body: sent!, headers: { 'content-type': contentType } }),
    })
    const body = (await response.text()).replaceAll(random, 'unguessable')
    const answer = existsSync(new URL(`${name}.xml`, folder)) ? `${name}.xml` : `${name}.txt`
    assert.equal(body, read(answer))
    assert.equal(response.status, Number(status))
    assert.equal(response.headers.get('content-type'), type)
    const location = /^Location: (.*)$/m.exec(request)?.[1] ?? null
    assert.equal(response.headers.get('location')?.replace(random, 'unguessable') ?? null, location)
    if (answer.endsWith('.xml')) assert.deepEqual(leavesByXmldom(body), leavesByFastXml(body))
  })
}

/** Element text in document order, as two parsers that share no code read it. */
function leavesByXmldom(text: string): string[] {
  const document = new DOMParser({ onError: (_level, message) => assert.fail(message) }).parseFromString(
    text,
    'application/xml',
  )
  return Array.from(document.getElementsByTagName('*'))
    .filter((element) => !Array.from(element.childNodes).some((node) => node.nodeType === 1))
    .map((element) => `${element.nodeName}=${element.textContent}`)
}

interface Ordered {
  [name: string]: Ordered[] | string
}

function leavesByFastXml(text: string): string[] {
  assert.equal(XMLValidator.validate(text), true)
  const parser = new XMLParser({
    preserveOrder: true,
    ignoreDeclaration: true,
    parseTagValue: false,
    trimValues: false,
  })
  const walk = (nodes: Ordered[]): string[] =>
    nodes.flatMap((node) => {
      const name = Object.keys(node).find((key) => key !== ':@')!
      if (name === '#text') return []
      const children = node[name] as Ordered[]
      const isLeaf = children.every((child) => '#text' in child)
      return isLeaf ? [`${name}=${children.map((child) => child['#text'] as string).join('')}`] : walk(children)
    })
  return walk(parser.parse(text) as Ordered[])
}
