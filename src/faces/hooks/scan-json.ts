// How deep a JSON body is nested and how many items its list has, without reading what is in it: the limits are held before
// anything is made of a body. Used by read.ts and at the door.

export interface JsonShape {
  depth: number
  /** Of the outermost list; 1 where it is none. */
  items: number
}

/** Of anything, JSON or not: what is not nested counts as 1 item. */
export function scanJson(body: Uint8Array): JsonShape {
  let depth = 0
  let deepest = 0
  let commas = 0
  let isInText = false
  let isList = false
  for (let i = 0; i < body.length; i++) {
    const byte = body[i]!
    if (isInText) {
      if (byte === 0x5c) i++
      else if (byte === 0x22) isInText = false
    } else if (byte === 0x22) isInText = true
    else if (byte === 0x7b || byte === 0x5b) {
      if (deepest === 0) isList = byte === 0x5b
      if (++depth > deepest) deepest = depth
    } else if (byte === 0x7d || byte === 0x5d) depth--
    else if (byte === 0x2c && depth === 1) commas++
  }
  return { depth: deepest, items: isList ? commas + 1 : 1 }
}
