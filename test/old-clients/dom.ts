// XML as the DOM parsers of old clients give it: elements by namespace and local name. Used by the styles that parse.

import { DOMParser } from '@xmldom/xmldom'
import type { Element } from '@xmldom/xmldom'

export const atom = 'http://www.w3.org/2005/Atom'
export const ctct = 'http://ws.constantcontact.com/ns/1.0/'

export function parse(text: string): Element {
  return new DOMParser().parseFromString(text, 'application/xml').documentElement!
}

export function elements(parent: Element): Element[] {
  return Array.from(parent.childNodes).filter((node) => node.nodeType === 1) as Element[]
}

export function children(parent: Element, name: string, namespace = atom): Element[] {
  return elements(parent).filter((child) => child.tagName === name && child.namespaceURI === namespace)
}

/** Throws where there is no such child, as code does that reads on without looking. */
export function child(parent: Element, name: string, namespace = atom): Element {
  const [found] = children(parent, name, namespace)
  if (!found) throw new Error(`${parent.tagName} has no ${name}`)
  return found
}

/** Text at a path of payload elements, `Campaign/Name`; throws where a step is missing. */
export function textAt(payload: Element, path: string): string {
  return path.split('/').reduce((at, name) => child(at, name, ctct), payload).textContent ?? ''
}

/** The address a `rel="next"` link names, wherever it stands. */
export function nextByRel(feed: Element): string | undefined {
  const link = children(feed, 'link').find((element) => element.getAttribute('rel') === 'next')
  return link?.getAttribute('href') ?? undefined
}
