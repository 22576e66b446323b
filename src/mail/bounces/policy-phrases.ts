// The words by which a mail server says that it refuses us, our message or our manners, and not the recipient. Data of
// reply-phrases.ts; one pattern a line, looked for in lower-case text with addresses replaced by "@".

import { anyOf } from './any-of.ts'

/** Lists of senders, by name and as such. */
export const blocklists = anyOf(String.raw`
  spamhaus|spamcop|\bsorbs\b|surbl|uribl|invaluement|mailspike|uceprotect|njabl|abuseat|\bcbl\b|ivmsip|psbl|backscatterer
  barracuda(?:central| reputation| networks)
  sender ?score|senderbase|cloudmark|brightmail|ipcheck\.proofpoint|trustedsource|talosintelligence
  \brbls?\b|\bdns ?bls?\b|\brhsbl\b|(?:block|black|deny|ban)[ -]?list|black ?hole
  open (?:relay|proxy)
  listed (?:in|at|by|on) (?:the )?[a-z0-9-]{1,40}\.[a-z]
  blocked using|reputation
`)

export const spam = anyOf(String.raw`
  (?<![\w.-])(?:anti-?)?spam(?:mer|mers|ming|my)?(?!\w|[.-]\w)
  spam-?(?:like|related|ish)\b|spamassassin|spam_
  junk ?mail|unsolicited|\bbulk (?:e-?)?mail|\bu[bc]e\b
  \bbatv\b|backscatter|phish|virus|infected|malware|\bworm\b|trojan|suspicious|malicious
  abusive|(?:due to|refused:) abuse|complaints|\baup\b|\bdt:spm\b|\b(?:sc|dy|ou|rp)-00\d\b
`)

/** Too much, too fast. */
export const volume = anyOf(String.raw`
  throttl|rate[- ]limit|slow(?:ing)? ?down|excessive|unusual (?:rate|sending|activity)|receive limit
  (?:grey|gray)[- ]?list
  too many (?!hops|['\x22]?received|times|forward)
  too (?:fast|frequent)|receiving mail (?:at a rate|too quickly)
  (?:connection|message|sending|hourly|daily|recipients?|rcpt|smtp) (?:rate|limit|quota)
  limit .{0,12}(?:number|amount) of|\bmax(?:imum)? (?:number of )?(?:connections|recipients|messages|(?:e-?)?mails)
  (?:connections|messages|recipients|emails) (?:per|this|in an?) (?:second|minute|hour|day|session|connection)
  sent to too many|exceeded .{0,30}(?:connections|recipients|messages|emails|sending|rate)
`)

/** Who we are, or say we are. */
export const identity = anyOf(String.raw`
  \bdmarc\b|\bspf\b|\bdkim\b|domainkeys|sender[- ]?id\b|\bbimi\b|\barc\b
  unauthenticated|not (?:be )?authenticated|requires authentication|must (?:be |first )?authenticat|not authenticat
  authentication (?:is )?(?:required|failed|check)|smtp auth|auth(?:entication)? (?:required|credentials)
  (?:\bsender|\benvelope|\bfrom:? address|\bmail from)(?: e-?mail)?(?: address)?\b.{0,40}(?:reject|den(?:y|ied)|block|refus|verif|invalid|unknown|not (?:exist|found|valid|allowed|accepted|verified)|does not|doesn't|not resolv)
  (?:invalid|bad|unknown|forged|unverified|fake|illegal) (?:envelope )?sender|address is not verified|sender was rejected
  domain of sender|sender'?s? (?:domain|address|host)|from (?:address|domain|header)|mail from .{0,20}(?:not allowed|rejected|refused)
  reverse (?:dns|lookup|hostname|address)|\brdns\b|\bptr\b|fix reverse|unverif(?:y|i)able
  client host rejected|client was not authenticated|(?:helo|ehlo) (?:command )?(?:reject|requir|name|hostname|invalid|arg)
  (?:find|resolve|verify|look ?up) your (?:host|reverse|ip|domain)
  your (?:host ?name|ip(?: address)?|server|mta|domain|host|network|isp)\b.{0,60}(?:resolve|reject|block|den(?:y|ied)|list|banned|not |polic)
  bogus|third-party dsn|(?:null|empty) (?:envelope )?sender|fully[- ]qualified|unroutable sender|emetteur
  confirm(?:ation)? .{0,12}mail server|requires confirmation|mismatches client|no access from|smtp server of your isp|unresolvable relay|from: domain|unsigned dsn
  dynamic (?:ip|address)|residential|(?:ip|host|server|network|domain) .{0,40}(?:is|was|been|are) (?:temporarily )?(?:blocked|listed|banned|rejected|denied|refused)
  your account (?:has been|is|was)
`)

/** Rules of the receiving side. */
export const rules = anyOf(String.raw`
  \bpolic(?:y|ies)\b(?!.{0,12}http)
  violat|administrative(?:ly)? (?:prohib|den|reject|lock)|not accepted (?:from|for)|not accepting .{0,12}from
  (?:are|is|was|am) not (?:currently )?(?:allowed|permitted|authori[sz]ed) to|not (?:been )?authori[sz]ed|unauthori[sz]ed|not permitted
  not have permission|don't have permission|permission to send|access (?:is )?(?:denied|not allowed|restricted)|not allowed to (?:send|post|relay|use)
  denied (?:by|access|due)|\bdenied\b.{0,20}sender|(?<!connection )(?<!connect )(?:rejected|refused|blocked|dropped|filtered|deleted|discarded) (?!by (?:the |a )?(?:server for the )?(?:recipient|remote|receiving|destination|other)\b)(?:by|for|as|because|due)|service refused|frequency limit|will not accept delivery
  (?:message|mail|e-?mail|it) (?:was |has been |is |got )?(?:blocked|filtered|refused|quarantined)|message rejected|(?:message )?content .{0,20}(?:reject|filter|den|restrict|not accept)
  (?<!mailbox )(?<!account )(?<!user )\bblocked\b|banned|prohibited|blacklisted|not welcome|go away
  contains? .{0,40}(?:attachment|url|link|file|content)|attachment|executable|file type
  relay(?:ing)? (?:access )?(?:is )?(?:den|not|prohib|reject|disallow)|relaying|(?:unable to|cannot|can't|not|no|won't|do not) relay|relay not|not a gateway
  rcpthosts|isn't in my list|(?:only accepts?|accepts? only)|restricted|not gatewaying|not a registered gateway user
  (?:only )?members? (?:only|can|may)|not (?:a )?member|not (?:a )?subscri|moderat|closed (?:list|group)|not allowed to post|may not have permission
  rule imposed|returned mail not accepted|is protected by|challenge|white ?list|recipient preferences|not accept .{0,12}mail from|refuses? (?:to accept )?(?:mail|messages) from
  rejected by (?:the )?recipient(?! domain| e-?mail| mail|'s)|user (?:has )?reject|recipient (?:has )?(?:refus|block)
`)

/** How the message is made, or was handed over. */
export const form = anyOf(String.raw`
  \brfc ?-?(?:2?821|2?822|532[12])|non-?complian|not .{0,16}complian
  (?:missing|multiple|duplicate|invalid|malformed|illegal|no valid|bad) .{0,24}header|header .{0,20}(?:missing|too|invalid)|duplicated? message
  line (?:length |size )?(?:limit|too long|is too long)|lines too long|bare (?:lf|cr|newline)|stray newline|8-?bit|non-ascii|malformed(?! address| or unexpected)|unsupported char
  (?:starttls|tls|encryption|ssl) .{0,24}(?:required|needed|not support|must)|not support (?:start)?tls|must issue a starttls|encrypt
  conversion (?:to|is)|unix from
`)
