// Reads the XML that clients send, into a small tree. Nothing that can grow or reach out: no DTD, no entities but the
// five of XML itself, bounded depth and size (XML 1.0; wire-2008 1.5).

import { isUtf8 } from 'node:buffer'
import { SaxesParser } from 'saxes'
import { InvalidInputError } from '../../errors.ts'

export interface XmlElement {
  /** Local name, case as sent. */
  name: string
  namespace: string
  attributes: ReadonlyMap<string, string>
  children: XmlElement[]
  /** All character data directly inside, as sent. */
  text: string
}

const maxDepth = 40
const maxElements = 20_000
const maxAttributes = 32
const maxAttributeLength = 4096

/** Throws InvalidInputError on anything that is not one well-formed UTF-8 document within the limits. */
export function readXml(bytes: Uint8Array): XmlElement {
  if (!isUtf8(bytes)) throw new InvalidInputError('the body is not UTF-8')
  const parser = new SaxesParser({ xmlns: true, position: false })
  const stack: XmlElement[] = []
  let root: XmlElement | undefined
  let count = 0
  parser.on('xmldecl', ({ encoding, version }) => {
    if (encoding !== undefined && !/^(utf-8|us-ascii)$/i.test(encoding))
      throw refuse(`the encoding ${encoding} is not taken, only UTF-8`)
    if (version !== undefined && version !== '1.0') throw refuse('the body must be XML 1.0')
  })
  parser.on('doctype', () => {
    throw refuse('a document type is not taken')
  })
  parser.on('error', (error) => {
    throw refuse(`the body is not well-formed XML: ${error.message}`)
  })
  // Counted as they come, because the parser compares them with each other.
  let attributes = 0
  parser.on('opentagstart', () => {
    attributes = 0
  })
  parser.on('attribute', () => {
    if (++attributes > maxAttributes) throw refuse(`an element has more than ${maxAttributes} attributes`)
  })
  parser.on('opentag', (tag) => {
    if (++count > maxElements) throw refuse(`the body has more than ${maxElements} elements`)
    if (stack.length >= maxDepth) throw refuse(`the body is nested deeper than ${maxDepth}`)
    const element: XmlElement = {
      name: tag.local,
      namespace: tag.uri,
      attributes: readAttributes(tag.attributes),
      children: [],
      text: '',
    }
    const parent = stack.at(-1)
    if (parent) parent.children.push(element)
    else root = element
    stack.push(element)
  })
  parser.on('closetag', () => stack.pop())
  const addText = (text: string): void => {
    const element = stack.at(-1)
    if (element) element.text += text
  }
  parser.on('text', addText)
  parser.on('cdata', addText)
  parser.write(new TextDecoder().decode(bytes)).close()
  if (!root) throw refuse('the body is empty')
  return root
}

function readAttributes(attributes: Record<string, { local: string; value: string }>): Map<string, string> {
  return new Map(
    Object.values(attributes).map(({ local, value }) => {
      if (value.length > maxAttributeLength)
        throw refuse(`an attribute is longer than ${maxAttributeLength} characters`)
      return [local, value]
    }),
  )
}

function refuse(message: string): InvalidInputError {
  return new InvalidInputError(message)
}
