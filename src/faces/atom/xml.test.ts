import assert from 'node:assert/strict'
import { test } from 'node:test'
import { DOMParser } from '@xmldom/xmldom'
import fc from 'fast-check'
import { XMLParser, XMLValidator } from 'fast-xml-parser'
import { escapeAttribute, xml, Xml } from './xml.ts'

/** Any text at all: control characters, lone surrogates, markup, line ends. */
const anyText = fc.string({
  unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)),
  maxLength: 40,
})

/** What XML 1.0 can't hold at all comes back as U+FFFD, everything else as it was. */
function asXmlHolds(text: string): string {
  return text.toWellFormed().replace(/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]/g, '\ufffd')
}

test('whatever is stored, the document stays well-formed and a parser reads the text back', () => {
  fc.assert(
    fc.property(anyText, anyText, (text, attribute) => {
      const document = xml`<a><b c="${new Xml(escapeAttribute(attribute))}">${text}</b></a>`.text
      const element = new DOMParser({ onError: (level, message) => assert.equal(level, 'warning', message) })
        .parseFromString(document, 'application/xml')
        .getElementsByTagName('b')[0]!
      assert.equal(element.textContent, asXmlHolds(text))
      assert.equal(element.getAttribute('c'), asXmlHolds(attribute))
    }),
    {
      numRuns: 500,
      examples: [
        ['\u2029', '\u2029'],
        ['\u2028\x85', '\r\u2028\x85'],
      ],
    },
  )
})

test('a second parser that shares no code agrees', () => {
  const parser = new XMLParser({ parseTagValue: false, trimValues: false })
  fc.assert(
    fc.property(anyText, (text) => {
      const document = xml`<a><b>|${text}|</b></a>`.text
      assert.equal(XMLValidator.validate(document), true)
      // That parser leaves character references other than the five names undecoded.
      const { a } = parser.parse(document) as { a: { b: string } }
      assert.equal(
        a.b.replace(/&#(\d+);/g, (_, code) => String.fromCodePoint(Number(code))),
        `|${asXmlHolds(text)}|`,
      )
    }),
    { numRuns: 300 },
  )
})

test('numbers and truth values are written as they are, fragments unescaped', () => {
  assert.equal(
    xml`<a>${1}${true}${new Xml('<b/>')}${[new Xml('<c/>'), new Xml('<d/>')]}</a>`.text,
    '<a>1true<b/><c/><d/></a>',
  )
})
