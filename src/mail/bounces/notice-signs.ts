// What tells a notice of a mail server from other mail that talks of such things. Data and a sum; called by
// parse-report.ts for mail that has no part for programs.

import { anyOf } from './any-of.ts'
import { isAutoReply } from './auto-reply.ts'
import { header } from './read-mail.ts'
import type { OpenedMail } from './read-mail.ts'

/** How subjects of notices begin; an answer to one ("Re:") does not begin so. */
const subjects = anyOf(String.raw`
  ^\W{0,6}(?:undeliver|non-?deliver|not deliver|undelivered|returned (?:mail|message|e-?mail|to sender)|returning|failure notice|failure (?:delivery|notification)|failed (?:mail|delivery|to deliver|message)|nondelivery|bounced? mail|bounce\b)
  ^\W{0,6}(?:(?:e-?mail|message|smtp|internet|notice|permanent|temporary|final|warning|postmaster|re)\W{0,3}\s?)?(?:mail |message |e-?mail )?deliver(?:y|ies)\b.{0,20}(?:fail|error|problem|status|report|notif|delay|warn|unsuccess|has|incomplete|attempt|could|impossible)
  ^\W{0,6}(?:mail|message|e-?mail|your (?:mail|message|e-?mail)|the (?:mail|message))\b.{0,40}(?:not (?:be )?(?:delivered|sent)|undeliver|could ?n[o']t|failed|failure|frozen|delayed|returned|error|rejected|bounced)
  ^\W{0,6}warning: (?:could not|message|mail|e-?mail|delay)|^\W{0,6}(?:could not|couldn't|cannot|can't|unable to) (?:deliver|send)|^\W{0,6}postmaster notify|^\W{0,6}nondeliverable|^\W{0,6}system error - returned|^\W{0,6}(?:user unknown|unknown (?:user|recipient))
  ^\W{0,6}waiting mail|^\W{0,6}automatically rejected|^\W{0,6}(?:error (?:sending|delivering)|relay|delayed mail|mail system error|mail error|address not found|considered unsolicited|message status)
  ^\W{0,6}(?:unzustellbar|nicht zustellbar|zustell|fehlgeschlagen|ihre nachricht.{0,40}nicht|non remis|[ée]chec de|non recapit|mancato recapito|notifica di mancat|no se puede entregar|no se pudo entregar|devuelto|mensaje no entregado|n[ãa]o foi poss|falha na entrega|onbestelbaar|olever|undeliverbar|ikke lever)
  ^\W{0,6}(?:не доставлено|недостав|сообщение не|ваше (?:сообщение|письмо)|письмо не)|(?:メール|送信|配信|配送|宛先).{0,16}(?:エラー|失敗|不能|でき|不明)|エラー(?:通知|メール)|未達|メッセージを配信|系统退信|退信
`)

/** Sentences of notices. */
const sentences = anyOf(String.raw`
  (?:could ?n[o']t|cannot|can't|can not|was ?n[o']t|were not|not been|not be|unable to be|will not be|has not) (?:yet )?(?:be |been )?(?:fully |completely )?(?:delivered|sent|processed|transmitted)
  (?:unable|wasn't able|failed|not able|not possible|impossible|attempting|trying|failure) to (?:be )?deliver|undeliverable|could not deliver|(?:have|had) trouble delivering|error (?:occurred )?(?:while )?(?:trying to deliver|delivering|sending)|error delivering
  deliver(?:y|ed|ing)?\b.{0,80}(?:fail|unsuccess|delayed|error|problem|impossible|aborted|has been suspended)
  (?:following|these|all) (?:e-?mail )?(?:address|recipient|user)(?:s|es|\(s\)|\(es\))?\b.{0,60}(?:error|fail|problem|reject|unknown|undeliver|did not|could|was|were|affected|had)
  did not reach|(?:permanent|fatal|transient|delivery) (?:fatal )?error|transcript of (?:the )?session|(?:message|mail) (?:is being |was |has been |being )?returned|returned to (?:you|sender)|failure reasons?|failed (?:recipient|address)|no valid recipient
  automatically rejected|(?:rejected|refused) (?:your (?:message|mail)|by (?:the )?(?:recipient|remote|server)|recipient)|(?:remote|host|server) .{0,60}(?:said|responded|replied|rejected)|error message below|reason for the (?:problem|failure)|the group you tried to contact|blocked by our spam firewall
  unknown (?:host|user)|invalid final|user mailbox exceeds|delivery failed \d|recipients? (?:was|were) (?:rejected|affected)|delivery status notification|message you sent .{0,40}(?:blocked|rejected|undeliver)
  nicht (?:zugestellt|zustell|gesendet)|zustellung.{0,40}fehlgeschlagen|n'a pas (?:pu|été).{0,40}(?:remis|livr|distribu)|non [èe] stat.{0,30}(?:recapitat|consegnat)|no (?:se )?(?:pudo|puede|ha podido).{0,30}(?:entregar|enviar)|n[ãa]o (?:p[ôo]de|foi).{0,30}entreg|kon niet worden (?:afgeleverd|bezorgd)|не (?:может быть|было?|удалось).{0,20}доставл|(?:送信|配信|配送|送達|届).{0,20}(?:でき(?:ませ|なか)|失敗|不能|ませんでした)|無法(?:傳送|投遞)|无法(?:发送|投递|送达)
`)

const daemonNames =
  /mailer[-_. ]?daemon|\bpost[-_ ]?master\b|mail(?:er)? ?delivery|delivery ?(?:sub)?system|mail ?system|\bmailer\b|mail[-_ ]?daemon|maildelivery|delivery[-_ ]?(?:failure|notification|status)|\bmdaemon\b|bounce|sys(?:tem)? ?admin|mail ?deliver|mail administrator|returned mail|email system|internet mail delivery|message ?router|mail gateway|mmdf|<>$|interscan|automated/i

/** Points from which a mail is taken for a notice. */
const enough = 4

export interface Signs {
  isNotice: boolean
  /** A daemon sent it, or its subject is a notice's: enough for fields of a delivery report in the text. */
  isLikely: boolean
}

/** A reply of a server, or a step of its dialogue. */
const replies = /(?:^|\s)[45]\d\d[ -]#?[45]\.\d\.\d|\(#[45]\.\d\.\d\)|<<<|>>>|rcpt to:|(?:^|[\s:'"])5[05]\d[ -][a-z<]/i

/** Weighs who sent the mail, how, and what it says in its own words. */
export function weighSigns(mail: OpenedMail, notice: readonly string[], hasReturned: boolean): Signs {
  const own = notice
    .filter((line) => !line.startsWith('> '))
    .join(' ')
    .replaceAll(/\s+/g, ' ')
    .toLowerCase()
  const isBySubject = subjects.test(mail.subject.toLowerCase().trim())
  const isBySentence = sentences.test(own)
  const isFailed = header(mail, 'x-failed-recipients') !== ''
  const isDaemon = daemonNames.test(mail.from)
  const isFromNobody = /^(?:<>|<?mailer-daemon\b.*)$/i.test(header(mail, 'return-path').trim())
  const isList = header(mail, 'list-id') !== '' || header(mail, 'list-unsubscribe') !== ''
  const hasReply = replies.test(own)
  const points =
    2 * Number(isBySubject) +
    2 * Number(isBySentence) +
    4 * Number(isFailed) +
    2 * Number(isDaemon) +
    2 * Number(isFromNobody) +
    Number(hasReturned || hasReply) -
    4 * Number(isList && !isDaemon)
  const says = isBySubject || isBySentence || isFailed
  const isByServer = isDaemon || isFromNobody || isFailed || hasReturned || hasReply
  // Vacation notices come from nobody too, and may speak of delivery.
  const isAnswer = isAutoReply(mail) && !isDaemon && !isBySubject && !isFailed
  return {
    isNotice: says && isByServer && !isAnswer && points >= enough,
    isLikely: points >= 2 && (isBySubject || isDaemon || isFromNobody || isFailed),
  }
}

const delayed = anyOf(String.raw`
  not yet (?:been )?(?:completely |fully )?delivered|delivery attempts are still|has not (?:been )?delivered .{0,40}(?:yet|after)|has been delayed|is delayed|was delayed|delayed (?:mail|for|more|\d)|warning message only|still (?:be )?(?:being )?(?:trying|tried|retried|attempting|undelivered|queued)|(?:will|shall) (?:be (?:retried|tried)|continue|keep|retry|try again)|delivery attempts will continue|(?:do|need) not (?:need to )?resend|could not be delivered (?:for|within) the (?:past|last)|could not send message for past|message (?:still )?undelivered after
`)
const final = anyOf(String.raw`
  given up|giving up|permanent(?:ly)?|will not (?:be )?(?:retr|continue|try)|not going to try|deleted from (?:the )?queue|returned to sender|no (?:further|more) (?:delivery )?attempts|has been (?:returned|deleted)|is being returned
`)

/** The notice says that the message is still being tried. */
export function saysDelayed(subject: string, notice: readonly string[]): boolean {
  const text = notice.join(' ').replaceAll(/\s+/g, ' ').toLowerCase()
  if (
    /\(delay(?:ed)?\)|^warning: |delayed|still being retried|verzögert/i.test(subject) &&
    !/permanent|fail/i.test(subject)
  )
    return true
  return delayed.test(text) && !final.test(text)
}
