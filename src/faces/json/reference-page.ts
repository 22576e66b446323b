// The reference page, rendered from the OpenAPI document alone: no script, nothing fetched from anywhere. Used by
// reference.ts.

import { html, raw } from 'hono/html'
import type { JsonSchema, OpenApi, Operation } from './openapi.ts'
import { problemKinds } from './problem.ts'
import { style } from './reference-style.ts'
import { curlOf, plainType, resolve } from './schema-words.ts'

type Html = ReturnType<typeof html>
interface Call {
  method: string
  path: string
  operation: Operation
}

export async function renderReference(api: OpenApi): Promise<string> {
  const calls = Object.entries(api.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): Call => ({ method: method.toUpperCase(), path, operation })),
  )
  const page = await html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width" />
        <title>Contrail API</title>
        ${raw(`<style>${style}</style>`)}
      </head>
      <body>
        <nav aria-label="Chapters">${renderNav(api, calls)}</nav>
        <main>
          <h1>Contrail API</h1>
          ${renderStart(api)} ${api.tags.map((tag) => renderTag(api, tag, calls))} ${renderSchemas(api)}
          ${renderProblems()}
        </main>
      </body>
    </html>`
  return page.toString()
}

function renderNav({ tags }: OpenApi, calls: readonly Call[]): Html {
  return html`<a class="name" href="#start">Contrail API</a>
    <a href="#start">Getting started</a>
    ${tags.map(
      ({ name }) =>
        html`<strong>${name}</strong> ${calls
            .filter(({ operation }) => operation.tags.includes(name))
            .map(({ operation }) => html`<a href="#${operation.operationId}">${operation.summary}</a>`)}`,
    )}
    <strong>More</strong><a href="#schemas">Schemas</a><a href="#problems">Problems</a
    ><a href="/api/v1/openapi.json">openapi.json</a>`
}

function renderStart({ info }: OpenApi): Html {
  return html`<section id="start">
    ${prose(info.description)}
    <h4>Credentials</h4>
    <p>
      <code>Authorization: Bearer KEY</code>, with a key of <code>contrail key create</code> or an OAuth 2.0 access
      token. A key that was chosen by somebody, as old clients have them built in, does not work alone: send
      <code>KEY%USERNAME:PASSWORD</code> as Basic, as on the 2008 wire.
    </p>
    ${pre(`curl -H 'Authorization: Bearer KEY' 'https://mail.example.com/api/v1/contacts?email=jflowers@mail.com'`)}
    <h4>Changing things safely</h4>
    <p>
      A POST with an <code>Idempotency-Key</code> of yours can be sent again for 24 hours: it is done once, and answered
      the same. What has an <code>ETag</code> can be changed with <code>If-Match</code>: if somebody else was faster, it
      is refused with 412. Without <code>If-Match</code> the last one wins, field by field.
    </p>
    <h4>How often</h4>
    <p>
      <code>RateLimit-Policy</code> says how many requests a key may make, <code>RateLimit</code> how many are left. 429
      and 503 say in <code>Retry-After</code> how long to wait.
    </p>
  </section>`
}

function renderTag(api: OpenApi, { name, description }: OpenApi['tags'][number], calls: readonly Call[]): Html {
  const own = calls.filter(({ operation }) => operation.tags.includes(name))
  return html`<h2 id="tag-${name}">${name}</h2>
    <p class="quiet">${description}</p>
    ${own.map((call) => renderCall(api, call))}`
}

function renderCall(api: OpenApi, { method, path, operation }: Call): Html {
  const { operationId, summary, description = '', parameters = [], requestBody, responses } = operation
  const bodies = Object.entries(requestBody?.content ?? {})
  const [status, answer] = Object.entries(responses)[0]!
  const answers = Object.entries(answer.content ?? {})
  return html`<article>
    <h3 id="${operationId}">${summary}</h3>
    <p class="call"><span class="method ${method.toLowerCase()}">${method}</span> <span>/api/v1${path}</span></p>
    ${prose(description)}
    ${
      parameters.length > 0
        ? html`<h4>Parameters</h4>
            <table>
              <thead>
                <tr>
                  <th>Name</th>
                  <th>Meaning</th>
                </tr>
              </thead>
              <tbody>
                ${parameters.map((parameter) => renderRow(api, parameter.name, parameter.schema, parameter.required === true, parameter.description, parameter.in))}
              </tbody>
            </table>`
        : ''
    }
    ${bodies.map(
      ([type, { schema }]) =>
        html`<h4>Body <code>${type}</code></h4>
          ${renderFields(api, schema)}`,
    )}
    <h4>Answer ${status}${answers.length > 0 ? '' : `: ${answer.description}`}</h4>
    ${answers.map(([type, { schema }]) => html`<p><code>${type}</code> ${typeLink(schema)}</p>`)}
    <h4>Example</h4>
    ${pre(curlOf(api, method, path, operation))}
  </article>`
}

function renderFields(api: OpenApi, schema: JsonSchema): Html | string {
  const { properties, required = [], items } = resolve(api, schema)
  if (items) return html`<p>A list of ${typeLink(items)}.</p>`
  if (!properties) return html`<p>${typeLink(schema)}</p>`
  return html`<table>
    <thead>
      <tr>
        <th>Field</th>
        <th>Meaning</th>
      </tr>
    </thead>
    <tbody>
      ${Object.entries(properties).map(([name, field]) => renderRow(api, name, field, required.includes(name), undefined))}
    </tbody>
  </table>`
}

function renderRow(
  api: OpenApi,
  name: string,
  schema: JsonSchema,
  isRequired: boolean,
  description: string | undefined,
  place?: string,
): Html {
  const meaning = description ?? schema.description ?? resolve(api, schema).description ?? ''
  const where = place === 'header' ? ', a header' : place === 'path' ? ', in the path' : ''
  return html`<tr>
    <td>${name}</td>
    <td>
      <p class="quiet">${typeLink(schema)}${where}${isRequired && place !== 'path' ? ', needed' : ''}</p>
      ${prose(meaning)}
    </td>
  </tr>`
}

function renderSchemas(api: OpenApi): Html {
  return html`<h2 id="schemas">Schemas</h2>
    ${Object.entries(api.components.schemas).map(
      ([name, schema]) =>
        html`<article>
          <h3 id="schema-${name}">${name}</h3>
          ${prose(schema.description ?? '')}
          ${schema.properties ? renderFields(api, schema) : html`<p class="quiet">${typeLink(schema)}</p>`}
        </article>`,
    )}`
}

function renderProblems(): Html {
  return html`<h2 id="problems">Problems</h2>
    <p class="quiet">What a refusal says in <code>code</code>, and what to do.</p>
    <table>
      <thead>
        <tr>
          <th>Code</th>
          <th>Status and meaning</th>
        </tr>
      </thead>
      <tbody>
        ${Object.entries(problemKinds).map(
          ([code, { status, title, meaning }]) =>
            html`<tr id="problem-${code}">
              <td>${code}</td>
              <td>
                <p class="quiet">${status}, ${title.toLowerCase()}</p>
                ${prose(meaning)}
              </td>
            </tr>`,
        )}
      </tbody>
    </table>`
}

/** A type in words, with a link where it has a name. */
function typeLink(schema: JsonSchema): Html {
  const name = (schema.$ref ?? schema.items?.$ref)?.split('/').at(-1)
  if (name === undefined) return html`${plainType(schema)}`
  return html`${schema.$ref ? '' : 'list of '}<a href="#schema-${name}">${name}</a>`
}

/** Paragraphs, with code in backquotes. */
function prose(text: string): Html[] {
  return text
    .split('\n\n')
    .filter(Boolean)
    .map((paragraph) => {
      const parts = paragraph.split('`')
      return html`<p>${parts.map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : part))}</p>`
    })
}

function pre(text: string): Html {
  return html`<pre><code>${text}</code></pre>`
}
