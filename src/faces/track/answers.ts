// The few answers of the tracking face (RFC 9110; the reader's program must keep none of them).

/** An answer before it has become one, for sockets and for fetch alike. */
export interface TrackAnswer {
  status: number
  headers: Record<string, string>
  body: Buffer | string
}

// A complete GIF of one transparent pixel: 43 bytes.
const pixel = Buffer.from(
  '47494638396101000100800000ffffff00000021f90401000000002c00000000010001000002024401003b',
  'hex',
)

const secret = {
  'cache-control': 'no-store, private',
  pragma: 'no-cache',
  'referrer-policy': 'no-referrer',
  'x-robots-tag': 'noindex, nofollow',
}

/** 302, never one that is kept: later clicks would be lost. */
export function redirectAnswer(location: string): TrackAnswer {
  return { status: 302, headers: { ...secret, location, 'content-length': '0' }, body: '' }
}

/** Always the same, whatever the token: it tells nobody which tokens are good. */
export function pixelAnswer(): TrackAnswer {
  return {
    status: 200,
    headers: {
      ...secret,
      'cache-control': 'no-store, no-cache, must-revalidate, private, max-age=0',
      expires: '0',
      'content-type': 'image/gif',
      'content-length': String(pixel.length),
      'cross-origin-resource-policy': 'cross-origin',
    },
    body: pixel,
  }
}

/** The same small page for what is malformed, forged or gone. */
export function unknownAnswer(): TrackAnswer {
  return page(
    404,
    'This link does not work',
    'It may have been cut off on its way to you. Please use the one in the mail itself.',
  )
}

export function methodAnswer(allow: string): TrackAnswer {
  const answer = page(405, 'This can not be done here', 'Please use the link in the mail itself.')
  return { ...answer, headers: { ...answer.headers, allow } }
}

function page(status: number, title: string, text: string): TrackAnswer {
  const body = `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title></head><body><h1>${title}</h1><p>${text}</p></body></html>\n`
  return {
    status,
    headers: {
      ...secret,
      'content-type': 'text/html; charset=UTF-8',
      'content-length': String(Buffer.byteLength(body)),
      'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'",
      'x-content-type-options': 'nosniff',
    },
    body,
  }
}
