// PHP's SimpleXML without a namespace argument: a child is found by its bare name, whatever namespace an unprefixed one
// is in (rule 2), and what is missing is an empty text, not an error. Used by the PHP styles.

import type { Element } from '@xmldom/xmldom'
import { elements, parse } from './dom.ts'

export const loadString = parse

/** `$parent->name`, all of them. */
export function all(parent: Element | undefined, name: string): Element[] {
  return parent ? elements(parent).filter((element) => element.tagName === name) : []
}

/** `$parent->a->b->c`, the first at each step. */
export function at(parent: Element | undefined, ...names: string[]): Element | undefined {
  return names.reduce((found, name) => all(found, name)[0], parent)
}

export function text(parent: Element | undefined, ...names: string[]): string {
  return at(parent, ...names)?.textContent ?? ''
}

export function attribute(element: Element | undefined, name: string): string {
  return element?.getAttribute(name) ?? ''
}
