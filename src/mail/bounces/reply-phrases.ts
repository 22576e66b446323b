// What mail servers say, as data: the words that tell why a message was refused. Read by classify-reply.ts, in the order
// of the tables. Patterns look at lower-case text with addresses replaced by "@".

import { anyOf } from './any-of.ts'
import { blocklists, form, identity, rules, spam, volume } from './policy-phrases.ts'

/** Why a message was refused, as far as words tell. */
export type Reason =
  | 'policy'
  | 'full'
  | 'unknown'
  | 'disabled'
  | 'locked'
  | 'no-domain'
  | 'unreachable'
  | 'too-big'
  | 'undecided'

/** Wordings of single systems, which the general ones would misread. Say what they say whatever stands beside them. */
const traps: readonly (readonly [Reason, RegExp])[] = [
  // Exchange and Office 365 name the part of theirs that refused.
  ['unknown', /recip(?:ient)?notfound|not found by smtp address lookup|resolver\.adr\.(?:exrecip|badprimary|invalid)/],
  ['full', /quotaexceeded|resolver\.rst\.[a-z]{0,12}quota/],
  ['too-big', /resolver\.rst\.(?:recip|send)[a-z]{0,6}sizelimit/],
  ['policy', /resolver\.rst\.|storedrv\.submission/],
  ['undecided', /resolver\.adr\.ambiguous|ambiguous (?:recipient|address)|several matches found/],
  // Yahoo: what comes after "dd" is about the account.
  ['full', /delivery error: dd .{0,80}(?:quota|full|exhausted)/],
  ['unknown', /delivery error: dd .{0,120}(?:doesn't have|not found|no such)/],
  ['disabled', /delivery error: dd /],
  // Google: the address, not the message, is against the RFC.
  ['unknown', /recipient address .{0,60}not a valid/],
  ['undecided', /\bon hold\b/],
  // qmail's lists of recipients, which sound like policy.
  ['unknown', /bad(?:rcpt|recipient)to|validrcptto|envelope recipient has been denied/],
  // QQ means an account that is closed.
  ['disabled', /mail ?box unavailable or access denied/],
  ['full', /disabled temporar\w{2,3} for exceeding|user has too many messages/],
  // Exim with cPanel names every cause it can think of.
  ['no-domain', /account or domain may not exist|domain mentioned .{0,40}unknown/],
  // The receiving system's own delivery program failed: nothing about the mailbox.
  ['undecided', /(?:couldn't|can't|cannot|unable to) (?:create|open|lock|write|exec)|command died with|lock ?file/],
]

const full = anyOf(String.raw`
  over ?-?quota|(?:quota|storage) .{0,12}(?:exceed|violat|full\b|reached)|exceed\w{0,4} .{0,40}quota|disk quota|quota(?: limit)? (?:for|of) (?:the |this )?(?:user|mailbox|recipient)
  (?:mail ?box|mail ?folder|in ?box|mail ?file|mail ?drop|message store|account|mail ?spool|recipient|user|@)(?:'s)?\b.{0,60}?(?:full\b|over (?:its |their |the )?(?:quota|limit|allo|max|storage)|exceed|exhausted|out of (?:space|storage)|has no space|size limit|no (?:more )?(?:space|room))
  full (?:mail|in) ?box|mail ?box .{0,3}full|(?:mail ?box|account) (?:size|space|limit)|allowed size|too much mail|storage allocation
  exceed\w{0,3} .{0,20}(?:storage|mail ?box|mail folder)|out of (?:mail ?box|disk) (?:space|storage)|no space left for
  not have enough (?:space|storage|room)|(?:space|storage) .{0,20}used up
  (?:not enough|insufficient) .{0,20}(?:space|storage|room) .{0,20}(?:mail ?box|user|recipient|in ?box)|mail ?box .{0,40}(?:not enough|insufficient)
  postfach .{0,40}(?:voll|überf)|bo[iî]te .{0,30}pleine|casella .{0,30}piena|buz[oó]n .{0,30}lleno|caixa .{0,30}cheia|переполн
  メールボックス.{0,20}(?:一杯|いっぱい|満杯|容量|超)|容量.{0,12}(?:超|不足|オーバー)|[邮信]箱.{0,6}[满滿]
`)

const unknownClearly = anyOf(String.raw`
  (?:user|recipient|addressee|mail ?box|account|alias|e-?mail address|address|member|customer)(?:s|es)? (?:is |are |was |were |name )?(?:unknown|not known|not found)\b
  unknown (?:virtual )?(?:user|recipient|addressee|account|mail ?box|e-?mail|local|alias|address(?! error)|name(?! or))
  no such (?:user|recipient|mail ?box|account|address|person|local|mbox|member|customer|alias|name|e-?mail|folder|subscriber|domain user|id\b)
  no (?:mail ?box|account|user|recipient|person) (?:here|by|with|found|exist|of|named)|(?:there is|we have|has|have|with) no (?:mail ?box|account|user|such)
  no valid recipient|(?:user|mail ?box|account|recipient)\b .{0,60}(?:does not|doesn't|not) exist|not known (?:here|at this)|no mail ?box\b|(?:user|recipient) @ (?:is )?unknown|no one (?:at|by|with)|missing home directory|no .{1,40} in (?:name )?directory
`)

const unknown = anyOf(String.raw`
  (?:user|recipient|mail ?box|account|address|alias|name|person|id|subscriber|entry)s?\b.{0,80}?(?:n[o']t exist|not (?:a |an )?(?:valid|known|recogni|active user|registered|defined|listed|local|found|available here|our|active|present|accepted|ok\b)|isn't (?:a )?(?:valid|known|registered|active)|invalid|no longer|(?:couldn't|could not|can't|cannot) be found|wasn't found|was not found)
  (?:invalid|bad|incorrect|illegal|wrong|non-?existent|undefined|unrecogni[sz]ed|malformed) (?:final )?(?:destination |delivery |local |e-?mail |recipient |user ?|mail ?)?(?:recipient|mail ?box|address|user|account|alias|name|id|userid|box|number)s?\b(?! or domain)
  not (?:listed|found|exist|registered|present|defined) in .{0,40}(?:directory|address book|table|database|system|server|domain)
  (?:not our|not a local|isn't a local|not a valid|not a known|isn't our|not my|not an active) (?:user|customer|account|recipient|mail ?box|address|member)
  (?:does not|doesn't) have an? .{0,60}(?:account|mailbox)|not have an account|(?:couldn't|can't|cannot|could not|unable to) (?:find|locate) (?:the |a |this )?(?:user|recipient|mail ?box|account|person|@)
  mail ?box (?:name )?(?:not found|not available|not allowed|does not|invalid)|requested action (?:not taken|aborted): mail ?box (?:unavailable|not found|name)|550.{0,12} mail ?box unavailable
  (?:user|recipient|address|he|she|person|employee) (?:has |have )?(?:moved|left)|has (?:moved|left the)|no longer (?:with|works|at|employed|in use|exist|valid|available|on (?:this|our)|accepts? mail|reachable|monitored)
  (?:address|recipient|account|mail ?box) (?:has )?(?:changed|been (?:removed|retired|replaced))|has been replaced by|user not local|not local; |addressee|address not found|(?:address|recipient) couldn't be found|e-?mail address .{0,30}incorrect
  that name isn't|name is not recogni|couldn't be delivered .{0,80}address .{0,20}found|user\(s\) .{0,80}not found
  (?:can't|cannot) accept (?:user|recipient)|nessun utente
  no existe|desconocid|inexistente|inconnu|n'existe pas|sconosciut|inesistent|non esiste|unbekannt|existiert nicht|onbekend|bestaat niet|não existe|ukendt|okänd|finns inte
  (?:адрес|получател|пользовател|ящик).{0,60}(?:не (?:найден|существует|зарегистрирован)|неизвест)|не существует|не найден
  ディレクトリ.{0,16}ありません
  存在し(?:ない|ませ)|見つかりませ|見つからな|登録されていな|該当.{0,12}(?:ない|ありません)|(?:宛先|アドレス|ユーザ).{0,12}(?:不明|誤|間違)|不存在
`)

const disabled = anyOf(String.raw`
  (?<!your )(?<!sender )(?<!ip )\b(?:account|mail ?box|user|recipient|address|member|customer|subscriber|e-?mail|box)(?:'s|\(s\))?\b[^.;]{0,60}?\b(?:disabled|inactive|not active|inactivated|deactivated|de-activated|discontinued|suspended|frozen|locked|closed|terminated|cancell?ed|expired|temporarily limited|dormant|out of service|not activated|not enabled)\b
  (?<!your )\b(?:mail ?box|account|user)(?: @)? (?:is |has been |was )?(?:temporarily )?blocked
  \b(?:disabled|inactive|deactivated|discontinued|suspended|frozen|locked|closed|deleted|expired|dormant) (?:mail ?box|account|user|recipient|address|e-?mail|by (?:admin|system))
  (?:account|mail ?box|user|address) (?:has been |was |is )?deleted|has been (?:disabled|discontinued|deactivated)|account that you tried to reach is disabled
  not accepting (?:any )?(?:mail|messages) (?:for|to) th|recipient no longer active|currently suspended|suspend the service|archiv[ée]e|temporarily inactive|temporary locked|停止(?:中|され)
`)

const noDomain = anyOf(String.raw`
  (?:host|domain|site|hostname|system)(?: or domain)?(?: name)?s? (?:is |was )?(?:unknown|not found(?!, try)|not known|unrecogni[sz]ed)|unknown (?:host|domain|mail ?host|site|system)
  no such (?:host|domain|site|mail ?host)|(?:invalid|bad|illegal) (?:domain|host|destination host|destination mailbox system)
  \b(?:domain|host|site)(?: name)?\b(?! .{0,30}said).{0,60}?(?:n[o']t exist|(?:couldn't|could not|can't|cannot) be (?:found|resolved)|not found(?!, try)|invalid|isn't valid|not registered|no longer exists|doesn't have|must exist)|unknown domain
  couldn't find any host|(?:can't|cannot|could not|couldn't|unable to|not) (?:find|resolve|locate|look ?up) .{0,30}(?:host|domain|mail exchange|\bmx\b)
  \bno (?:valid )?(?:mx|mail exchange|mail ?host|dns)\b|has no (?:mx|mail)|\bmx records? point .{0,12}non-?exist|no smtp service|null ?-?mx|(?:answer with )?no data\b|name or service not known|nxdomain|non-?existent ?(?:host|domain)
  (?:does|do|will|doesn't|don't) (?:not )?(?:accept|receive) (?:any )?(?:e-?)?mail\b(?! from)|unrout(?:e)?able (?:mail )?(?:domain|address)|all host address lookups failed permanently
  unbekannte(?:r|n)? (?:host|domain)|domaine inconnu|domain .{0,20}nicht gefunden|未知の(?:ホスト|ドメイン)|ドメイン.{0,12}(?:存在|見つか)
`)

const unreachable = anyOf(String.raw`
  connect\w{0,4} .{0,40}(?:timed? ?out|refused|reset|drop|clos|lost|fail|error|broken|abort|terminat|reject|established|unsuccess)|(?:lost|closed|dropped|broken|no|bad) connection|connection (?:timed|refused|lost)
  timed? ?-?out|refused (?:the |our )?(?:connection|to talk)|econnref|broken pipe|closed by remote
  (?:could not|couldn't|cannot|can't|unable to|wasn't able to|failed to|not) (?:be )?(?:connect|establish|contact|reach|open (?:a )?connection|communicate|complete|transfer|resolve route)
  no route|network (?:is )?(?:unreachable|error|failure)|(?:host|server|domain|system|mail exchanger)s?\b.{0,20}(?:unreachable|not reachable|unavailable|\bdown\b|busy|not respond|not available)
  lookup .{0,20}fail|fail\w{0,3} .{0,12}lookup|name ?server|name service|dns (?:failure|error|lookup|server|problem|query|time|records)|servfail|not found, try again
  expired|(?:retry|delivery|queue) (?:time|limit|period|lifetime)|retry attempts|gave up|giving up after|given up|in the queue|undelivered (?:for|after)|(?:not|n't) (?:be )?deliver(?:ed)? (?:for|with ?in|in|after) |in the time limit|unable to deliver .{0,40}(?:minutes|hours|days)|failed \d{1,4} attempts|delivery failed \d|delivery attempts (?:exceed|exhaust|fail|expir)
  hop count|local host|too many (?:hops|received|forward)|\bloop|best-preference|mx or a for that host|find a gateway|failing for|frozen|not been collected|giving up on|config(?:uration)? (?:error|problem)|misconfigur|(?:local|processing) (?:error|problem)
  (?:server|system|service|internal|i\/o|network|disk|transport) (?:error|failure|fault|problem|crash|shut)|communications? (?:problem|fail|error)|write error|not processing|service .{0,12}(?:unavailable|not available|shutting)|temporar(?:y|ily)|transient|\bdeferred|not accepting|\bbusy\b
  insufficient|disk (?:is )?full|no space left|low on (?:disk|space)|out of (?:memory|disk)|resources|system not|(?:not|n't|no) (?:respond|response|answer)
  try (?:again )?later|try again|cannot be processed|接続(?:でき|に失敗)|一時的|タイムアウト|応答
`)

const tooBig = anyOf(String.raw`
  (?:message|mail|size|data|content|header|letter)s?\b.{0,40}(?:too (?:big|large)|exceed|larger than|over the max|size limit)|(?:size|length|message) (?:limit|exceed)|(?:message|mail|letter) (?:is |was )?too long
  exceed\w{0,4} .{0,50}(?:size|length|maximum|limit)|(?:maximum|max|fixed|allowed|permitted) .{0,20}(?:size|length)|too (?:big|large)\b|size.{0,12}(?:not allowed|restrict)|サイズ
`)

/** What words say, in the order in which it counts where several say something. */
export const reasonPhrases: readonly (readonly [Reason, RegExp])[] = [
  ...traps,
  ['policy', blocklists],
  ['policy', spam],
  ['full', /(?:mail ?box|mail ?folder|in ?box|account) (?:is )?(?:full|over ?quota)|over ?quota/],
  ['policy', volume],
  ['disabled', disabled],
  ['policy', identity],
  ['policy', rules],
  ['policy', form],
  ['full', full],
  ['unknown', unknownClearly],
  ['no-domain', noDomain],
  ['unknown', unknown],
  ['too-big', tooBig],
  ['unreachable', unreachable],
]

/** Leans on the address, but servers say so of other causes too: counts where no status code tells more. */
export const perhapsUnknown = anyOf(String.raw`
  address rejected|recipient (?:was )?(?:rejected|refused)|unknown address error|rejected recipient|does not like recipient|(?:mail ?box|account) (?:is )?unav\w{2,8}|user (?:unavailable|rejected)
  (?:not (?:a )?|un)deliverable (?:address|recipient)|recipient'?s? (?:e-?mail )?address|requested action not taken|verify the recipient|message is undeliverable
`)
