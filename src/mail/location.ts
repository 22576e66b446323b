// A link's target as it goes into a Location header (RFC 9110 10.2.2). Called by faces/track.

/**
 * The target in ASCII, as it was written otherwise; undefined when it is no http or https URL. An IRI becomes a URI
 * (RFC 3987 3.1), what is percent-encoded stays as it is, and nothing in it can end the header.
 */
export function toLocation(url: string): string | undefined {
  const parts = /^(https?:)\/\/([^/?#]*)([^]*)$/i.exec(url.trim())
  const host = parts && URL.parse(`${parts[1]}//${parts[2]}`)
  if (!host || host.hostname === '') return undefined
  // A host in ASCII stays as it was written.
  const place = /^[\x21-\x7e]+$/.test(parts[2]!) ? parts[2]! : host.host
  return `${parts[1]}//${place}${encodeRest(parts[3]!)}`
}

function encodeRest(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/[^\x21-\x7e]|["<>\\^`{|}]/gu, (character) => encodeURIComponent(character).replace(/^[^%]$/, percent))
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}
