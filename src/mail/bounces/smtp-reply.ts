// Reply codes, enhanced status codes and the step of the dialogue, as they stand in the texts of mail servers. Used by
// the classifier and the readers of bounces.

/** The step of the SMTP dialogue that was answered. */
export type Stage = 'connect' | 'mail' | 'rcpt' | 'data'

export interface ReplyCodes {
  code: number | undefined
  status: string | undefined
  stage: Stage | undefined
}

/** RFC 3463: class, subject 0 to 7, detail. No part of an address or a version. */
const statusPattern = /(?<![\d.])([245])\.([0-7])\.(\d{1,3})(?!\.?\d)/
const codeThenStatus = /(?<![\d.])([245][0-5]\d)[ \t]{0,4}[-#(:]?[ \t]{0,4}#?(?=[245]\.[0-7]\.\d{1,3}(?!\.?\d))/
/** Where a code can stand that is no other number: at the start, behind a mark, behind a word that announces it. */
const codePlaces = [
  /^\W{0,12}([245][0-5]\d)(?=[ \-#:]|$)/m,
  /(?:said|responded(?: with)?|returned|replied(?: with)?|response(?: was)?|reply|error(?: was| message)?|failed with|code|answer(?:ed)?|reason|reports?|status|server)[ \t]{0,4}[:=]?[ \t]{0,4}["'<([]{0,2}([245][0-5]\d)(?=[ \-#:,)\]"']|$)/i,
  /[:>"'([,;][ \t]{0,4}([45][0-5]\d)(?=[ \-#:]|$)/,
]

/** The codes and the step in a text, each the first that is surely one. */
export function findReplyCodes(text: string): ReplyCodes {
  const status = statusPattern.exec(text)?.[0]
  const beside = codeThenStatus.exec(text)?.[1]
  const found = beside ?? codePlaces.map((place) => place.exec(text)?.[1]).find((code) => code !== undefined)
  return { code: found === undefined ? undefined : Number(found), status, stage: findStage(text) }
}

/** The words by which servers name the step; the first entry that fits counts. */
const stageWords: readonly (readonly [Stage, RegExp])[] = [
  [
    'data',
    /in reply to end of data|smtp:data\b|smtp command\s{1,4}data\b|in reply to data command|after (?:end of data|data\b|sending the message|pipelined (?:sending )?data)|end of data|\[body\]|failed after i sent the message|did not like our (?:data|message)|following data command|\(state 1[578]\)/i,
  ],
  [
    'rcpt',
    /in reply to rcpt|smtp:rcpt\b|smtp command\s{1,4}rcpt|after rcpt|\[rcpt_?to\]|did not like our rcpt|following rcpt|does not like recipient|rejected recipient|\(state 1[0-24]\)/i,
  ],
  [
    'mail',
    /in reply to mail|smtp:mail\b|smtp command\s{1,4}mail|after mail from|\[mail_?from\]|did not like our mail|following mail|sender was rejected|\(state 13\)/i,
  ],
  [
    'connect',
    /in reply to (?:helo|ehlo|starttls)|after (?:helo|ehlo|initial connection|starttls)|\[(?:connect|greeting)\]|refused to talk to me|while performing the (?:helo|ehlo) handshake|initial (?:server )?greeting/i,
  ],
]

function findStage(text: string): Stage | undefined {
  return stageWords.find(([, words]) => words.test(text))?.[0]
}
