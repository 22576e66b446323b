// What a reader writes to friends, without anything that leads somewhere: the mail goes out under the sender's name, and is
// no way to spread links. Used by the form of faces/track.

/** Full stops of other scripts, which browsers take for those of domains (RFC 3490 3.1). */
const fullStops = /[\u3002\uff0e\uff61\u2024]/g
/** Shows nothing, or turns around what is shown. */
const invisible = /[\u00ad\u200b\u200c\u200e\u200f\u2028-\u202f\u2060-\u206f\ufeff]/g
const tags = /<[^<>]*>/g
const addresses = /(?:\b[a-z][a-z0-9+.-]*:\/\/|\b(?:mailto|tel|sms|javascript|data):|\bwww\.)\S*/giu
const mailboxes = /\S*@\S*/gu

/** In one line, for names and subjects; of short texts, as cleanText. */
export function cleanLine(text: string): string {
  return cleanText(text).replaceAll(/\s+/g, ' ').trim()
}

/**
 * What looks like a domain is parted at its dots, so that no program makes a link of it. For texts of some hundred
 * characters: it takes the square of their length.
 */
export function cleanText(text: string): string {
  return text
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/\r\n?/g, '\n')
    .replaceAll(fullStops, '.')
    .replaceAll(invisible, '')
    .replaceAll(/[^\P{Cc}\n\t]|[\ufffe\uffff]/gu, ' ')
    .replaceAll(tags, ' ')
    .replaceAll(/[<>]/g, ' ')
    .replaceAll(addresses, ' ')
    .replaceAll(mailboxes, ' ')
    .replaceAll(/\.(?=\p{L})/gu, '. ')
    .replaceAll(/[ \t]+/g, ' ')
    .replaceAll(/ ?\n ?/g, '\n')
    .replaceAll(/\n{3,}/g, '\n\n')
    .trim()
}
