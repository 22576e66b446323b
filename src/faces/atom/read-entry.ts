// The Atom entry around what a client sends, and the payload within (wire-2008 0.11, 0.12, 2.4). Used by every write.

import { InvalidInputError } from '../../errors.ts'
import { readXml } from './read-xml.ts'
import type { XmlElement } from './read-xml.ts'

const atom = 'http://www.w3.org/2005/Atom'
const payloadNamespace = 'http://ws.constantcontact.com/ns/1.0/'

/** Sent payloads forget their namespace, or stand in that of the entry around them; other vocabularies are not ours. */
const taken: ReadonlySet<string> = new Set([payloadNamespace, atom, ''])

/** What the old service said of this (9.2), word for word. */
const atomError =
  'The request contains errors in the common Atom sections, which lie outside <entry> or <Content>, such as <feed>, <id>, <author> or <updated>.'

/**
 * The payload element of that name in an entry. A new entry must have the Atom elements, whatever is in them, and an
 * `id` that is a URI (2.4); on an update all of that is noise. Throws InvalidInputError.
 */
export function readEntry(body: Uint8Array, name: string, kind: 'new' | 'update'): XmlElement {
  const entry = readXml(body)
  if (entry.name !== 'entry' || entry.namespace !== atom) throw new InvalidInputError('the body must be an Atom entry')
  if (kind === 'new') checkAtom(entry)
  const content = childNamed(entry, 'content')
  if (!content) throw new InvalidInputError('the entry has no content')
  const payload = childNamed(content, name)
  if (!payload) throw new InvalidInputError(`the content of the entry must be a ${name}`)
  return payload
}

function checkAtom(entry: XmlElement): void {
  const isComplete = ['id', 'title', 'author', 'updated'].every((name) => childNamed(entry, name))
  const id = childNamed(entry, 'id')?.text.trim() ?? ''
  if (!isComplete || !/^[a-z][a-z0-9+.-]*:/i.test(id)) throw new InvalidInputError(atomError)
}

/** The last child of that name: what is sent twice is meant the second time (0.12). Names are compared with their case. */
export function childNamed(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.findLast((child) => child.name === name && taken.has(child.namespace))
}

export function childrenNamed(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name && taken.has(child.namespace))
}

/** The text of a child, trimmed; undefined when there is no such child, empty when it is empty. */
export function childText(element: XmlElement, name: string, maxLength: number): string | undefined {
  const text = childNamed(element, name)?.text.trim()
  if (text !== undefined && text.length > maxLength)
    throw new InvalidInputError(`${name} is longer than ${maxLength} characters`)
  return text
}

/** The number an id ends in, whatever its scheme and host (0.6), such as the 7 of `https://x/ws/customers/u/lists/7`. */
export function idAfter(segment: string, id: string | undefined): number {
  const digits = new RegExp(`/${segment}/(\\d{1,15})/?$`, 'i').exec(id?.trim() ?? '')?.[1]
  if (digits === undefined) throw new InvalidInputError(`"${id ?? ''}" is no id of ${segment}`)
  return Number(digits)
}
