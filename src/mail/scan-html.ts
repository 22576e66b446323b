// Where the links of a mail's HTML are, to the character. Used by links.ts.
//
// parse5 reads it as a browser does, but is given nothing to build: its tree adapter only takes down what matters, so
// that neither the size nor the nesting of the mail costs memory or the moving of nodes.

import { defaultTreeAdapter, html as names, parse } from 'parse5'
import type { DefaultTreeAdapterTypes, Token, TreeAdapter } from 'parse5'

type Element = DefaultTreeAdapterTypes.Element
type Node = DefaultTreeAdapterTypes.Node

export interface Span {
  start: number
  end: number
}

interface Href extends Span {
  /** Decoded; the span is that of the whole attribute. */
  value: string
  /** It or an element around it says so. */
  isOff: boolean
  /** An element of SVG or MathML. */
  isForeign: boolean
}

export interface HtmlScan {
  /** In the order of the source, those of conditional comments included. */
  hrefs: Href[]
  /** The attributes that switch tracking off. */
  switches: Span[]
  images: string[]
  /** The first that has an address. */
  base?: string
  /** Right behind `<body>`. */
  bodyStart?: number
  /** Where one more child of the body can stand behind all others. There is none in a comment or tag that never ends. */
  bodyEnd?: number
}

/** The shapes of VML are what Outlook shows for a button and makes a link of. */
const shapes = 'arc curve group image line oval polyline rect roundrect shape'.split(' ').map((name) => `v:${name}`)
const linking: ReadonlySet<string> = new Set(['a', 'area', ...shapes])
const switchNames: ReadonlySet<string> = new Set(['data-track', 'clicktracking'])
const conditional = /^<!--\[if[\s(!]/i
/** What makes it worth to read the inside of a comment. */
const interesting = /href|data-track|clicktracking/i
/** Added behind the mail to see whether an element can follow at all, and whether a tag is cut off. */
const probe = '<img>'
/** Elements that the source has no tags for: implied ones, not those that misnested tags repeat without end. */
const impliedElements = 1000
const somewhere = { startLine: 0, startCol: 0, startOffset: 0, endLine: 0, endCol: 0, endOffset: 0 }

class TangledError extends Error {}

/** Undefined when its misnested tags would make many times more elements than it has tags. Never throws. */
export function scanHtml(html: string): HtmlScan | undefined {
  try {
    return scanPart(html, html + probe, false)
  } catch (error) {
    if (error instanceof TangledError) return undefined
    throw error
  }
}

/** The whole mail as `source` has the probe behind it, the inside of a comment has not. */
function scanPart(html: string, source: string, isWithinOff: boolean): HtmlScan {
  const scan: HtmlScan = { hrefs: [], switches: [], images: [] }
  const switchedOff = new Set<Element>()
  let last = -1
  parse(source, {
    scriptingEnabled: false,
    sourceCodeLocationInfo: true,
    treeAdapter: {
      ...withoutTree(source.length / 3 + impliedElements),
      adoptAttributes(element, attrs) {
        if (attrs.some(isSwitchedOff)) switchedOff.add(element)
      },
      onItemPush(element) {
        if (element.attrs.some(isSwitchedOff)) switchedOff.add(element)
      },
      onItemPop(element) {
        switchedOff.delete(element)
      },
      // The parser asks for those of texts, too, which are not there.
      setNodeSourceCodeLocation(node: Node | undefined, location) {
        if (!node || !location) return
        const isOff = isWithinOff || switchedOff.size > 0
        // One level, because comments don't nest, though their starts could be as many as the mail is long.
        if (node.nodeName === '#comment') return source === html ? undefined : noteComment(scan, html, location, isOff)
        // Elements that are opened again after misnested tags have the location of the first.
        if (!('tagName' in node) || location.startOffset <= last) return
        last = location.startOffset
        if (last === html.length) scan.bodyEnd ??= last
        else if (location.endOffset <= html.length) noteElement(scan, node, location, isOff)
      },
      updateNodeSourceCodeLocation({ nodeName }, { endTag }) {
        if (!endTag || endTag.endOffset > html.length) return
        if (nodeName === 'body' || scan.bodyEnd === undefined) scan.bodyEnd = endTag.startOffset
      },
    },
  })
  return scan
}

/** Nodes know their parent, which the parser asks for, and no children. */
function withoutTree(limit: number): TreeAdapter<DefaultTreeAdapterTypes.DefaultTreeAdapterMap> {
  let created = 0
  return {
    ...defaultTreeAdapter,
    createElement(name, namespace, attrs) {
      if (++created > limit) throw new TangledError()
      return defaultTreeAdapter.createElement(name, namespace, attrs)
    },
    appendChild(parent, node) {
      node.parentNode = parent
    },
    insertBefore(parent, node) {
      node.parentNode = parent
    },
    detachNode(node) {
      node.parentNode = null
    },
    insertText() {},
    insertTextBefore() {},
    // Then it also tells where those end whose start is only implied; nobody needs the ends of others.
    getNodeSourceCodeLocation(node: Node | undefined) {
      return node?.nodeName === 'body' || node?.nodeName === 'html' ? somewhere : undefined
    },
  }
}

function noteElement(scan: HtmlScan, element: Element, location: Token.ElementLocation, isWithinOff: boolean): void {
  const { tagName, attrs } = element
  let isOff = isWithinOff
  for (const attr of attrs) {
    if (!isSwitchedOff(attr)) continue
    isOff = true
    scan.switches.push(spanOf(location.attrs![attr.name]!))
  }
  if (tagName === 'body') scan.bodyStart ??= location.endOffset
  if (linking.has(tagName)) {
    const isForeign = element.namespaceURI !== names.NS.HTML
    const href = attrs.find(({ name }) => name === 'href')
    const at = location.attrs?.['href']
    if (href && (at || isForeign)) scan.hrefs.push({ value: href.value, ...spanOf(at ?? location), isOff, isForeign })
    return
  }
  const value = attrs.find(({ name }) => name === (tagName === 'base' ? 'href' : 'src'))?.value
  if (value === undefined) return
  if (tagName === 'base') scan.base ??= value
  if (tagName === 'img') scan.images.push(value)
}

/** Outlook reads what stands in `<!--[if mso]> ... <![endif]-->`; to all parsers it is a comment, also to this one. */
function noteComment(scan: HtmlScan, html: string, location: Token.Location, isOff: boolean): void {
  const start = location.startOffset + '<!--'.length
  if (!conditional.test(html.slice(location.startOffset, start + '[if '.length))) return
  const inside = html.slice(start, location.endOffset).replace(/--!?>$/, '')
  if (!interesting.test(inside)) return
  const { hrefs, switches } = scanPart(inside, inside, isOff)
  for (const href of hrefs) scan.hrefs.push({ ...href, start: start + href.start, end: start + href.end })
  for (const span of switches) scan.switches.push({ start: start + span.start, end: start + span.end })
}

function isSwitchedOff({ name, value }: Token.Attribute): boolean {
  return switchNames.has(name) && value.trim().toLowerCase() === 'off'
}

function spanOf({ startOffset, endOffset }: Token.Location): Span {
  return { start: startOffset, end: endOffset }
}
