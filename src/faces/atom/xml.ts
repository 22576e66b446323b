// Writes the wire's XML: templates stand in the code as the bytes that go out, values are escaped (XML 1.0 2.2, 2.4).

/** Text that is XML already. */
export class Xml {
  readonly text: string
  constructor(text: string) {
    this.text = text
  }
}

type XmlValue = string | number | boolean | Xml | readonly Xml[]

/**
 * A template whose values are escaped as element text unless they are Xml themselves. Its white space is part of the
 * wire. In attributes it may only hold ids and paths, which `Asked` keeps free of quotes; see escapeAttribute.
 */
export function xml(strings: TemplateStringsArray, ...values: readonly XmlValue[]): Xml {
  let text = strings[0]!
  values.forEach((value, i) => {
    text += toText(value) + strings[i + 1]!
  })
  return new Xml(text)
}

function toText(value: XmlValue): string {
  if (value instanceof Xml) return value.text
  if (typeof value === 'string') return escapeXml(value)
  if (typeof value === 'object') return value.map((part) => part.text).join('')
  return String(value)
}

// All that can't stand as it is: markup, line ends of other systems (parsers turn them into line feeds, some
// those of XML 1.1 and of Unicode too), and characters that XML 1.0 has no way to write, lone surrogates among them.
const special =
  /[&<>\r\x85\u2028\u2029\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/
const allSpecial = new RegExp(special, 'g')
const entities: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '\r': '&#13;',
  '\x85': '&#133;',
  '\u2028': '&#8232;',
  '\u2029': '&#8233;',
}

/** For element text; what XML can't hold becomes U+FFFD. */
export function escapeXml(text: string): string {
  return special.test(text) ? text.replace(allSpecial, (character) => entities[character] ?? '\ufffd') : text
}

/** For an attribute in double quotes, where parsers would also turn line ends and tabs into spaces. */
export function escapeAttribute(text: string): string {
  return escapeXml(text).replaceAll('"', '&quot;').replaceAll('\n', '&#10;').replaceAll('\t', '&#9;')
}
