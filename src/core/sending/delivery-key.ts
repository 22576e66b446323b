// Under which key the relay's taking over of a message is on the timeline. Written by note-outcomes.ts; asked for by the inbox,
// because a provider tells of the same delivery again.

/** `sendId`: the left side of the Message-ID. */
export function deliveryKey(sendId: string): string {
  return `relay ${sendId} delivery`
}
