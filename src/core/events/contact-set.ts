// A set of contacts as bits: a million of them take a few hundred kilobytes. Used where a campaign's contacts are counted.

const bits = 13

export class ContactSet {
  readonly #parts = new Map<number, Uint8Array>()
  size = 0

  add(contactId: number): void {
    // Ids may be larger than what bit operators take.
    const high = Math.floor(contactId / 2 ** bits)
    const low = contactId % 2 ** bits
    let part = this.#parts.get(high)
    if (!part) this.#parts.set(high, (part = new Uint8Array(2 ** (bits - 3))))
    const mask = 1 << (low & 7)
    if ((part[low >> 3]! & mask) !== 0) return
    part[low >> 3]! |= mask
    this.size++
  }
}
