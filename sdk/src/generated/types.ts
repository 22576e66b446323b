// Made from openapi.json by `npm run generate`: not to be edited.

/** Who acts: the contact itself, or the owner of the account. */
export type ActionBy = 'contact' | 'customer'

export interface ApiKey {
  id: number
  name: string
  scopes: ('read' | 'write' | 'admin')[]
  /** False: a key of the 2008 wire, which needs user name and password beside it. */
  worksAlone: boolean
  createdAt: string
  revokedAt: string | null
}

export interface ApiKeyPage {
  items: ApiKey[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface AssignedReview {
  /** `recorded`: a new event. `duplicate`: it was known. `noted`: it is of a kind that is no event. */
  effect: 'recorded' | 'duplicate' | 'noted'
  /** Id of a contact. */
  contact: number
  /** Id of a campaign. */
  campaign: number
}

export interface BounceReview {
  id: string
  receivedAt: string
  /** `unattributed`: nothing tells which message it is about. `forged`: it bears a token that we did not seal. `expired`: the message is too old to be bouncing now. `low-confidence`: anybody could have written what it names. `unparsed`: nothing in it is a report. */
  reason: 'unattributed' | 'forged' | 'expired' | 'low-confidence' | 'unparsed'
  /** How it came in. */
  way: 'smtp' | 'imap' | 'pipe' | 'http'
  kind: 'bounce' | 'delayed' | 'delivered' | 'complaint' | 'optout' | 'autoreply' | 'none'
  code: 'B' | 'D' | 'F' | 'V' | 'X' | 'Z' | null
  /** The enhanced status code (RFC 3463). */
  status: string | null
  /** The address it is about. */
  recipient: string | null
  /** What the server said. */
  diagnostic: string | null
  subject: string | null
  envelopeFrom: string | null
  envelopeTo: string | null
  /** Whom it seems to be about; null when nobody can say. */
  contact: number | null
  campaign: number | null
}

export interface BounceReviewPage {
  items: BounceReview[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface BounceReviewWithMail {
  id: string
  receivedAt: string
  /** `unattributed`: nothing tells which message it is about. `forged`: it bears a token that we did not seal. `expired`: the message is too old to be bouncing now. `low-confidence`: anybody could have written what it names. `unparsed`: nothing in it is a report. */
  reason: 'unattributed' | 'forged' | 'expired' | 'low-confidence' | 'unparsed'
  /** How it came in. */
  way: 'smtp' | 'imap' | 'pipe' | 'http'
  kind: 'bounce' | 'delayed' | 'delivered' | 'complaint' | 'optout' | 'autoreply' | 'none'
  code: 'B' | 'D' | 'F' | 'V' | 'X' | 'Z' | null
  /** The enhanced status code (RFC 3463). */
  status: string | null
  /** The address it is about. */
  recipient: string | null
  /** What the server said. */
  diagnostic: string | null
  subject: string | null
  envelopeFrom: string | null
  envelopeTo: string | null
  /** Whom it seems to be about; null when nobody can say. */
  contact: number | null
  campaign: number | null
  /** The mail as it came, its first megabyte, in base64. */
  raw: string
}

export interface BulkContact {
  type?: 'contact'
  id?: number
  email: string
  status?: 'active' | 'unconfirmed' | 'removed' | 'do-not-mail'
  emailType?: 'html' | 'text'
  firstName?: string
  lastName?: string
  confirmed?: boolean
  optInAt?: string
  optInSource?: 'contact' | 'customer'
  optOutAt?: string
  optOutSource?: 'contact' | 'customer'
  optOutReason?: string
  createdAt?: string
  updatedAt?: string
  lists?: string[]
  middleName?: string
  jobTitle?: string
  companyName?: string
  homePhone?: string
  workPhone?: string
  addr1?: string
  addr2?: string
  addr3?: string
  city?: string
  stateCode?: string
  stateName?: string
  countryCode?: string
  countryName?: string
  postalCode?: string
  subPostalCode?: string
  note?: string
  customField1?: string
  customField2?: string
  customField3?: string
  customField4?: string
  customField5?: string
  customField6?: string
  customField7?: string
  customField8?: string
  customField9?: string
  customField10?: string
  customField11?: string
  customField12?: string
  customField13?: string
  customField14?: string
  customField15?: string
}

export interface Campaign {
  /** Id of a campaign. */
  id: number
  name: string
  status: CampaignStatus
  /** When it was sent, else last worked on. */
  date: string
  kind: 'regular' | 'transactional'
  editedAt: string | null
  lastRunAt: string | null
  nextRunAt: string | null
  tracking: TrackingLevel
  /** Ids of the lists it goes to. */
  lists: number[]
  content: CampaignContent
}

/** What is absent stays as it is. */
export interface CampaignChange {
  name?: string
  /** Ids of the lists it goes to, and no others. */
  lists?: number[]
  /** Only the parts to change; null clears one. Senders must be verified addresses of the account. Where `mjml` is given, `html` is made of it; `html` alone takes the place of MJML from before. `preheader` is what mail programs show behind the subject. */
  content?: {
    subject?: string | null
    fromName?: string | null
    fromEmail?: string | null
    replyToEmail?: string | null
    organizationName?: string | null
    organizationAddress1?: string | null
    organizationAddress2?: string | null
    organizationAddress3?: string | null
    organizationCity?: string | null
    organizationState?: string | null
    organizationInternationalState?: string | null
    organizationCountry?: string | null
    organizationPostalCode?: string | null
    html?: string | null
    text?: string | null
    permissionReminderText?: string | null
    viewAsWebpageText?: string | null
    viewAsWebpageLinkText?: string | null
    greetingSalutation?: string | null
    greetingName?: string | null
    greetingString?: string | null
    forwardEmailLinkText?: string | null
    subscribeLinkText?: string | null
    styleSheet?: string | null
    sharePageUrl?: string | null
    archiveUrl?: string | null
    viewAsWebpage?: string | null
    permissionReminder?: string | null
    includeForwardEmail?: string | null
    includeSubscribeLink?: string | null
    archiveStatus?: string | null
    emailContentFormat?: string | null
    preheader?: string | null
    mjml?: string | null
  }
  tracking?: TrackingLevel
}

export interface CampaignCheck {
  /** Members of its lists that it was made for. */
  checked: number
  /** False when there are more. */
  isWhole: boolean
  /** Contacts for which a template prints nothing, with what they lack. */
  missing: {
    /** Id of a contact. */
    contact: number
    email: string
    variables: string[]
  }[]
  links: {
    url: string
    /** Why it is left as it is, in a word; absent: it is tracked. */
    skip?: string
  }[]
  /** What is odd about its links, in a word each. */
  warnings: {
    code: string
    url?: string
  }[]
  /** Elements and attributes of its MJML that the compiler knows nothing of. */
  mjml: string[]
  /** As the last contact looked at gets it. Gmail cuts off at 102,000. */
  htmlBytes: number
  textBytes: number
}

/** What the mail says and who it is from. */
export interface CampaignContent {
  subject?: string
  fromName?: string
  fromEmail?: string
  replyToEmail?: string
  organizationName?: string
  organizationAddress1?: string
  organizationAddress2?: string
  organizationAddress3?: string
  organizationCity?: string
  organizationState?: string
  organizationInternationalState?: string
  organizationCountry?: string
  organizationPostalCode?: string
  html?: string
  text?: string
  permissionReminderText?: string
  viewAsWebpageText?: string
  viewAsWebpageLinkText?: string
  greetingSalutation?: string
  greetingName?: string
  greetingString?: string
  forwardEmailLinkText?: string
  subscribeLinkText?: string
  styleSheet?: string
  sharePageUrl?: string
  archiveUrl?: string
  viewAsWebpage?: string
  permissionReminder?: string
  includeForwardEmail?: string
  includeSubscribeLink?: string
  archiveStatus?: string
  emailContentFormat?: string
  preheader?: string
  mjml?: string
}

export interface CampaignPage {
  items: CampaignSummary[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface CampaignProgress {
  /** Id of a campaign. */
  id: number
  status: CampaignStatus
  /** `freezing`: its recipients are being written down. `running`: messages go out. `trailing`: all were tried, some are to be tried again. Null: it was never started here. */
  state: 'freezing' | 'running' | 'paused' | 'trailing' | 'cancelling' | 'done' | null
  /** Why it could not start or go on. */
  problem: string | null
  startedAt: string | null
  endedAt: string | null
  recipients: number
  /** Recipients for which nothing more will happen. */
  ended: number
  /** Recipients by what became of them. `deferred`: refused for now. `unknown`: the line broke when the message may or may not have been taken; not sent again by itself. `skipped`: not sent because of the contact. `held`: not sent because mail to it came back. */
  counts: {
    pending: number
    claimed: number
    'in-flight': number
    deferred: number
    accepted: number
    failed: number
    unknown: number
    skipped: number
    held: number
    cancelled: number
  }
  /** When the first of the deferred ones is tried again. */
  nextTryAt: string | null
  /** False while no server hands mail over: then nothing goes out until one with a relay runs. */
  isSending: boolean
}

export interface CampaignReport {
  campaign: {
    id: number
    name: string
  }
  /** When it was counted: now or, where a campaign has more than 5,000 events, up to ten minutes ago. */
  countedAt: string
  counts: EventCounts
  hidden: {
    open: number
    click: number
  }
  kinds: {
    send: Tally
    delivery: Tally
    open: JudgedTally
    click: JudgedTally
    bounce: Tally
    complaint: Tally
    forward: Tally
    optout: Tally
  }
  /** What most rates are shares of. */
  reached: {
    by: 'delivery' | 'send'
    contacts: number
  }
  /** Those whose denominator is nothing are absent. */
  rates: {
    /** Contacts of those reached, 0 to 1. */
    delivery?: number
    /** Contacts of those reached, 0 to 1. */
    bounce?: number
    /** Contacts of those reached, 0 to 1. */
    open?: number
    /** Contacts of those reached, 0 to 1. */
    click?: number
    /** People who clicked, of those who opened. */
    clickToOpen?: number
    /** Contacts of those reached, 0 to 1. */
    complaint?: number
    /** Contacts of those reached, 0 to 1. */
    forward?: number
    /** Contacts of those reached, 0 to 1. */
    optout?: number
  }
}

export type CampaignStatus = 'draft' | 'running' | 'paused' | 'cancelled' | 'scheduled' | 'sent' | 'archive-pending' | 'archived' | 'close-pending' | 'closed'

export interface CampaignSummary {
  /** Id of a campaign. */
  id: number
  name: string
  status: CampaignStatus
  /** When it was sent, else last worked on. */
  date: string
}

export interface Consent {
  tracking: TrackingLevel
  source: string
  wording: string
  at: string
}

export interface ConsentPage {
  items: Consent[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface Contact {
  /** Id of a contact. */
  id: number
  email: string
  status: ContactStatus
  emailType: 'html' | 'text'
  firstName: string
  lastName: string
  confirmed: boolean
  optInAt: string | null
  optInSource: ActionBy | null
  optOutAt: string | null
  optOutSource: ActionBy | null
  optOutReason: string | null
  createdAt: string
  updatedAt: string
  tracking: TrackingLevel
  profile: Profile
  lists: {
    id: number
    name: string
    optInAt: string
    optInSource: ActionBy
  }[]
}

export interface ContactActivity {
  /** Id of a contact. */
  contactId: number
  counts: EventCounts
  /** By kind, of any verdict; kinds that never happened are absent. */
  lastAt: Record<string, string>
  campaigns: {
    campaign: {
      id: number
      name: string
    }
    counts: EventCounts
  }[]
}

/** What is absent stays as it is. */
export interface ContactChange {
  email?: string
  emailType?: 'html' | 'text'
  firstName?: string
  lastName?: string
  /** Only the fields to change; null clears one. */
  profile?: {
    middleName?: string | null
    jobTitle?: string | null
    companyName?: string | null
    homePhone?: string | null
    workPhone?: string | null
    addr1?: string | null
    addr2?: string | null
    addr3?: string | null
    city?: string | null
    stateCode?: string | null
    stateName?: string | null
    countryCode?: string | null
    countryName?: string | null
    postalCode?: string | null
    subPostalCode?: string | null
    note?: string | null
    customField1?: string | null
    customField2?: string | null
    customField3?: string | null
    customField4?: string | null
    customField5?: string | null
    customField6?: string | null
    customField7?: string | null
    customField8?: string | null
    customField9?: string | null
    customField10?: string | null
    customField11?: string | null
    customField12?: string | null
    customField13?: string | null
    customField14?: string | null
    customField15?: string | null
  }
  /** Ids of the lists the contact is on afterwards, and no others. */
  lists?: number[]
  /** Who asks for it; `customer` when absent. Only `contact` brings back who opted out. */
  by?: ActionBy
}

export interface ContactExport {
  contact: Record<string, unknown>
  events: (Record<string, unknown>)[]
}

export interface ContactPage {
  items: ContactSummary[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

/** `active` and `unconfirmed` contacts get mail; `removed` ones are on no list; `do-not-mail` ones opted out. */
export type ContactStatus = 'active' | 'unconfirmed' | 'removed' | 'do-not-mail'

/** A contact without its profile and lists. */
export interface ContactSummary {
  /** Id of a contact. */
  id: number
  email: string
  status: ContactStatus
  emailType: 'html' | 'text'
  firstName: string
  lastName: string
  confirmed: boolean
  optInAt: string | null
  optInSource: ActionBy | null
  optOutAt: string | null
  optOutSource: ActionBy | null
  optOutReason: string | null
  createdAt: string
  updatedAt: string
}

export interface CreatedApiKey {
  id: number
  name: string
  scopes: ('read' | 'write' | 'admin')[]
  /** False: a key of the 2008 wire, which needs user name and password beside it. */
  worksAlone: boolean
  createdAt: string
  revokedAt: string | null
  /** Shown this once. */
  key: string
}

export interface DkimKey {
  domain: string
  selector: string
  /** The TXT record to publish. */
  record: {
    name: string
    value: string
  }
  createdAt: string
  /** Since when it signs no more. */
  retiredAt: string | null
}

export interface DkimKeyPage {
  items: DkimKey[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface Erasure {
  /** Id of a contact. */
  id: number
  erasedAt: string
  /** Null while rows of it may be left: a job deletes them within minutes. */
  finishedAt: string | null
}

export interface Event {
  /** Unique in the store. */
  id: string
  kind: EventKind
  /** When it happened, as best the source knows. */
  at: string
  /** When the server learnt of it. */
  recordedAt: string
  /** Id of a contact. */
  contactId: number
  /** The contact's address, where events of several contacts are listed. */
  email?: string
  campaign: {
    id: number
    name: string
  }
  /** Clicks: the address that was asked for. */
  url?: string
  /** Bounces: why. `B` no such address, `D` undeliverable, `F` mailbox full, `S` suspended, `V` auto-reply, `X` other, `Z` blocked. */
  code?: 'B' | 'D' | 'F' | 'S' | 'V' | 'X' | 'Z'
  /** The remote server's text, or the reader's reason. */
  message?: string
  /** Opt-outs: who asked for it. */
  by?: 'contact' | 'customer'
  /** Sends: the Message-ID. */
  messageId?: string
  /** The enhanced status code (RFC 3463), such as `5.1.1`. */
  status?: string
  /** The server that accepted or refused the message. */
  server?: string
  /** Deliveries: TLS version and cipher. */
  tls?: string
  /** Deliveries: the id in the server's queue. */
  queueId?: string
  /** Forwards: to how many friends. */
  friends?: number
  verdict?: Verdict
  /** Why the verdict is what it is, a word each. */
  reasons?: string[]
}

export interface EventCounts {
  send: number
  delivery: number
  open: number
  click: number
  bounce: number
  complaint: number
  forward: number
  optout: number
}

/** `send`: handed to a server. `delivery`: accepted by the next hop, not read and not in the inbox for sure. `open`: an image was fetched. `click`: a link was requested. `bounce`: came back or was refused. `complaint`: reported as spam. `forward`: sent on through our form. `optout`: asked for no more mail. */
export type EventKind = 'send' | 'delivery' | 'open' | 'click' | 'bounce' | 'complaint' | 'forward' | 'optout'

export interface EventPage {
  items: Event[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface FeedPage {
  items: Event[]
  /** The `after` to go on with, now or whenever. */
  next: string
  /** True when there is nothing more for now. */
  caughtUp: boolean
}

export interface Hold {
  /** Id of a contact. */
  contact: number
  /** Of the bounce that did it. */
  code: 'B' | 'D' | 'F' | 'S' | 'V' | 'X' | 'Z'
  /** What the server said. */
  message: string
  /** Hard bounces that counted: the second is for good. */
  strikes: number
  since: string
  /** Null: for good, until it is released. */
  until: string | null
}

export interface HoldPage {
  items: Hold[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface InboxEntry {
  id: number
  provider: 'ses' | 'sendgrid' | 'mailgun' | 'postmark' | 'sparkpost' | 'brevo' | 'mailjet' | 'resend' | 'mandrill' | 'generic'
  /** Of the endpoint it came to; null when that was removed. */
  endpointName: string | null
  receivedAt: string
  readAt: string | null
  bytes: number
  state: InboxState
  /** How many events became what; null before it was read. */
  outcome: {
    recorded: number
    /** On the timeline before. */
    known: number
    /** Nothing for a timeline. */
    ignored: number
    /** Of which nobody knows whom or what they are about. */
    unmapped: number
    /** Why some are not on a timeline: the first twenty, by their place in the body. */
    problems: {
      item: number
      message: string
    }[]
  } | null
}

export interface InboxEntryWithBody {
  id: number
  provider: 'ses' | 'sendgrid' | 'mailgun' | 'postmark' | 'sparkpost' | 'brevo' | 'mailjet' | 'resend' | 'mandrill' | 'generic'
  /** Of the endpoint it came to; null when that was removed. */
  endpointName: string | null
  receivedAt: string
  readAt: string | null
  bytes: number
  state: InboxState
  /** How many events became what; null before it was read. */
  outcome: {
    recorded: number
    /** On the timeline before. */
    known: number
    /** Nothing for a timeline. */
    ignored: number
    /** Of which nobody knows whom or what they are about. */
    unmapped: number
    /** Why some are not on a timeline: the first twenty, by their place in the body. */
    problems: {
      item: number
      message: string
    }[]
  } | null
  /** As it came, in base64. */
  body: string
}

export interface InboxPage {
  items: InboxEntry[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface InboxReplay {
  states: InboxState[]
}

export interface InboxReplayed {
  replayed: number
}

/** `new`: not read yet. `done`: what belongs on timelines is there. `partly`: some of it could not be put there. `failed`: it makes no sense. */
export type InboxState = 'new' | 'done' | 'partly' | 'failed'

/** The last line of results; without it something is missing. */
export interface IngestEnd {
  end: {
    lines: number
    new: number
    updated: number
    same: number
    rejected: number
  }
}

export interface IngestResult {
  /** Which line, or which item of the array, from 1. */
  line: number
  /** `same`: it is there already, just so. */
  outcome: 'new' | 'updated' | 'same' | 'rejected'
  /** Of the event. */
  id?: string
  /** Id of a contact. */
  contactId?: number
  /** Why it was rejected. */
  reason?: string
  /** Where in the line, from 1. */
  column?: number
}

export interface IngestResults {
  results: IngestResult[]
  counts: {
    lines: number
    new: number
    updated: number
    same: number
    rejected: number
  }
}

export interface Job {
  id: number
  kind: string
  state: 'waiting' | 'running' | 'done' | 'failed'
  createdAt: string
  /** What judging anew has found so far. */
  replay?: ReplayResult
}

export interface JobPage {
  items: Job[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

/** Everything, and apart from it what people did. */
export interface JudgedTally {
  total: number
  unique: number
  /** What people did. */
  human: Tally
  /** How often a privacy proxy did it. */
  proxy: number
  /** How often a machine did it. */
  machine: number
}

export interface Link {
  link: number
  url: string
  /** By people, and by whom else `include` names. */
  clicks: number
  total: number
  unique: number
  human: Tally
  proxy: number
  machine: number
}

export interface LinkList {
  /** When it was counted: now or, where a campaign has more than 5,000 events, up to ten minutes ago. */
  countedAt: string
  items: Link[]
}

export interface List {
  /** Id of a list. */
  id: number
  name: string
  /** Offered to everybody on the preference page. */
  isDefault: boolean
  sortOrder: number
  memberCount: number
}

/** What is absent stays as it is. */
export interface ListChange {
  name?: string
  isDefault?: boolean
  sortOrder?: number
}

export interface ListPage {
  items: ListSummary[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface ListSummary {
  /** Id of a list. */
  id: number
  name: string
  /** Offered to everybody on the preference page. */
  isDefault: boolean
  sortOrder: number
}

export interface MailBlock {
  /** `suspended` while mail to it comes back, else why it is suppressed. */
  reason: string
  /** In words of whoever caused it. */
  detail: string
  since: string
  /** Null where it ends by somebody’s will alone. */
  until: string | null
}

export interface MailBlockPage {
  items: MailBlock[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

/** `generic`: whoever signs by Standard Webhooks. */
export type MailProvider = 'ses' | 'sendgrid' | 'mailgun' | 'postmark' | 'sparkpost' | 'brevo' | 'mailjet' | 'resend' | 'mandrill' | 'generic'

export interface Member {
  /** Id of a contact. */
  id: number
  email: string
  firstName: string
  lastName: string
}

export interface MemberPage {
  items: Member[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface Message {
  /** Names its campaign, its contact and a number. */
  id: string
  campaign: number
  /** Id of the contact; 0 of a test that is nobody’s. */
  contact: number
  state: MessageState
  attempts: number
  /** Null when it is over, or somebody is at it. */
  nextTryAt: string | null
  endedAt: string | null
  /** Why, or the last words of the server. */
  reply: string | null
  /** The enhanced status code (RFC 3463), such as `5.1.1`. */
  status: string | null
}

export interface MessagePage {
  items: Message[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

/** `pending`, `claimed`, `in-flight`: on its way. `deferred`: refused for now, to be tried again. `accepted`: a server took it over. `failed`: refused for good. `unknown`: the line broke when it may or may not have been taken. `skipped`, `held`: not sent because of the contact, or because mail to it came back. `cancelled`: by the owner. */
export type MessageState = 'pending' | 'claimed' | 'in-flight' | 'deferred' | 'accepted' | 'failed' | 'unknown' | 'skipped' | 'held' | 'cancelled'

export interface NewApiKey {
  name: string
  scopes?: ('read' | 'write' | 'admin')[]
}

export interface NewCampaign {
  name: string
  /** Ids of the lists it goes to, and no others. */
  lists?: number[]
  /** Only the parts to change; null clears one. Senders must be verified addresses of the account. Where `mjml` is given, `html` is made of it; `html` alone takes the place of MJML from before. `preheader` is what mail programs show behind the subject. */
  content?: {
    subject?: string | null
    fromName?: string | null
    fromEmail?: string | null
    replyToEmail?: string | null
    organizationName?: string | null
    organizationAddress1?: string | null
    organizationAddress2?: string | null
    organizationAddress3?: string | null
    organizationCity?: string | null
    organizationState?: string | null
    organizationInternationalState?: string | null
    organizationCountry?: string | null
    organizationPostalCode?: string | null
    html?: string | null
    text?: string | null
    permissionReminderText?: string | null
    viewAsWebpageText?: string | null
    viewAsWebpageLinkText?: string | null
    greetingSalutation?: string | null
    greetingName?: string | null
    greetingString?: string | null
    forwardEmailLinkText?: string | null
    subscribeLinkText?: string | null
    styleSheet?: string | null
    sharePageUrl?: string | null
    archiveUrl?: string | null
    viewAsWebpage?: string | null
    permissionReminder?: string | null
    includeForwardEmail?: string | null
    includeSubscribeLink?: string | null
    archiveStatus?: string | null
    emailContentFormat?: string | null
    preheader?: string | null
    mjml?: string | null
  }
  tracking?: TrackingLevel
}

export interface NewConsent {
  tracking: TrackingLevel
  /** By what way, such as `letter` or `signup-form`. */
  source: string
  /** The words it was asked with: the evidence. */
  wording: string
  /** When it was said; now when absent, and never later. */
  at?: string
}

export interface NewContact {
  email: string
  emailType?: 'html' | 'text'
  firstName?: string
  lastName?: string
  /** Only the fields to change; null clears one. */
  profile?: {
    middleName?: string | null
    jobTitle?: string | null
    companyName?: string | null
    homePhone?: string | null
    workPhone?: string | null
    addr1?: string | null
    addr2?: string | null
    addr3?: string | null
    city?: string | null
    stateCode?: string | null
    stateName?: string | null
    countryCode?: string | null
    countryName?: string | null
    postalCode?: string | null
    subPostalCode?: string | null
    note?: string | null
    customField1?: string | null
    customField2?: string | null
    customField3?: string | null
    customField4?: string | null
    customField5?: string | null
    customField6?: string | null
    customField7?: string | null
    customField8?: string | null
    customField9?: string | null
    customField10?: string | null
    customField11?: string | null
    customField12?: string | null
    customField13?: string | null
    customField14?: string | null
    customField15?: string | null
  }
  /** Ids of the lists the contact is on afterwards, and no others. */
  lists?: number[]
  /** Who asks for it; `customer` when absent. Only `contact` brings back who opted out. */
  by?: ActionBy
}

export interface NewDkimKey {
  domain: string
  /** Its name in the DNS; else one of this month. */
  selector?: string
}

export interface NewEvent {
  type?: 'event'
  kind: 'send' | 'delivery' | 'open' | 'click' | 'bounce' | 'complaint' | 'forward' | 'optout'
  contact?: number
  email?: string
  campaign: number
  at: string
  url?: string
  code?: 'B' | 'D' | 'F' | 'S' | 'V' | 'X' | 'Z'
  message?: string
  by?: 'contact' | 'customer'
  messageId?: string
  status?: string
  server?: string
  tls?: string
  queueId?: string
  key?: string
}

export interface NewList {
  name: string
  isDefault?: boolean
  sortOrder?: number
}

export interface NewMessage {
  /** Its contact is made if there is none, on no list. */
  to: string
  /** A verified address of the account. */
  from: string
  fromName?: string
  replyTo?: string
  subject: string
  /** One of `html` and `text` must be there. */
  html?: string
  /** Made of the HTML where it is absent. */
  text?: string
  /** What the templates of subject, HTML and text can print. */
  data?: Record<string, unknown>
  /** The name of the transactional campaign that such messages are kept under, made if there is none. */
  stream?: string
}

export interface NewProviderEndpoint {
  provider: MailProvider
  /** What it is for. */
  name?: string
  /** What the provider signs with, its public key, or a bearer token. For `generic` one is made up where none is given. */
  secret?: string
  /** For providers that sign nothing: what they log in with, `user:password`. */
  basicAuth?: string
  /** SES: ARNs of topics of yours. */
  topics?: string[]
  /** SES: a PEM to believe instead of fetching the one a message names. */
  certificate?: string
  /** Whether contacts and campaigns that the account does not have are made from what is told of them. */
  createMissing?: boolean
}

export interface NewSchedule {
  at: string
}

export interface NewSender {
  email: string
}

export interface NewSuppression {
  email: string
  reason?: 'optout' | 'manual' | 'bounce' | 'complaint'
  source?: string
}

export interface NewTest {
  to: string
  /** Whose merge data it shows; absent: nobody’s. */
  contact?: number
}

export interface NewWebhook {
  /** Where to deliver: `https`, on the public internet. */
  url: string
  /** What it is for. */
  name?: string
  /** Only these kinds of events; all when empty. */
  kinds?: EventKind[]
  /** Whether payloads hold the contact's address. */
  includeEmail?: boolean
  /** `whsec_` and 24 to 64 bytes in base64. */
  secret?: string
  /** Also what was recorded from then on; from now on unless said. */
  from?: string
}

export interface OptOut {
  /** Who asks for it; `customer` when absent. */
  by?: ActionBy
  reason?: string
  campaign?: number
}

/** RFC 9457. */
export interface Problem {
  /** Where the code is explained. */
  type: string
  title: string
  status: number
  /** A sentence for people. */
  detail: string
  /** For programs: never changes. */
  code: 'invalid_input' | 'unknown_parameter' | 'malformed_json' | 'invalid_cursor' | 'unauthenticated' | 'forbidden' | 'insufficient_scope' | 'not_found' | 'method_not_allowed' | 'not_acceptable' | 'conflict' | 'precondition_failed' | 'too_large' | 'unsupported_media_type' | 'idempotency_key_reused' | 'rate_limited' | 'internal' | 'unavailable'
  errors?: {
    parameter?: string
    /** Into the body (RFC 6901). */
    pointer?: string
    detail: string
  }[]
  requestId: string
}

/** Fields nobody searches by. */
export interface Profile {
  middleName?: string
  jobTitle?: string
  companyName?: string
  homePhone?: string
  workPhone?: string
  addr1?: string
  addr2?: string
  addr3?: string
  city?: string
  stateCode?: string
  stateName?: string
  countryCode?: string
  countryName?: string
  postalCode?: string
  subPostalCode?: string
  note?: string
  customField1?: string
  customField2?: string
  customField3?: string
  customField4?: string
  customField5?: string
  customField6?: string
  customField7?: string
  customField8?: string
  customField9?: string
  customField10?: string
  customField11?: string
  customField12?: string
  customField13?: string
  customField14?: string
  customField15?: string
}

export interface ProviderEndpoint {
  /** The part of its address that nobody can guess: a secret. */
  id: string
  provider: MailProvider
  /** What it is for. */
  name: string
  /** To be given to the provider. */
  url: string
  /** Whether contacts and campaigns that the account does not have are made from what is told of them. */
  createMissing: boolean
  /** How many secrets, passwords and topics it is told by; they are not shown. */
  secrets: number
  /** SES: the topics of SNS that are yours. */
  topics: string[]
  /** SES: until then subscriptions to its topics are confirmed. */
  confirmUntil: string | null
  createdAt: string
}

export interface ProviderEndpointChange {
  /** What it is for. */
  name?: string
  /** Whether contacts and campaigns that the account does not have are made from what is told of them. */
  createMissing?: boolean
}

export interface ProviderEndpointPage {
  items: ProviderEndpoint[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface ProviderEndpointWithSecret {
  /** The part of its address that nobody can guess: a secret. */
  id: string
  provider: MailProvider
  /** What it is for. */
  name: string
  /** To be given to the provider. */
  url: string
  /** Whether contacts and campaigns that the account does not have are made from what is told of them. */
  createMissing: boolean
  /** How many secrets, passwords and topics it is told by; they are not shown. */
  secrets: number
  /** SES: the topics of SNS that are yours. */
  topics: string[]
  /** SES: until then subscriptions to its topics are confirmed. */
  confirmUntil: string | null
  createdAt: string
  /** The one that was made up, where one was: shown this once. */
  secret?: string
}

export interface ProviderSecretRotation {
  /** What the provider signs with, its public key, or a bearer token. For `generic` one is made up where none is given. */
  secret?: string
  /** For providers that sign nothing: what they log in with, `user:password`. */
  basicAuth?: string
  onlyNewest?: boolean
}

export interface Recipient {
  /** Id of a contact. */
  id: number
  email: string
  firstName: string
  lastName: string
  /** Of the latest such event; of the send where something did not happen. */
  at: string
}

export interface RecipientPage {
  items: Recipient[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface ReplayRequest {
  store?: boolean
}

export interface ReplayResult {
  rulesVersion: string
  stored: boolean
  /** Messages whose hits were judged so far. */
  sends: number
  changes: {
    campaign: number
    kind: string
    from: string
    to: string
    count: number
  }[]
}

export interface Requeued {
  /** Messages that are sent again. */
  requeued: number
}

export interface ReviewAssignment {
  /** Absent: the one proposed. */
  contact?: number
  /** Absent: the one proposed. */
  campaign?: number
}

export interface Sender {
  id: number
  email: string
  verifiedAt: string | null
}

export interface SenderPage {
  items: Sender[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface Suppression {
  /** A keyed digest of the address. */
  id: string
  /** Null where the address itself may no longer be kept. */
  email: string | null
  reason: 'optout' | 'manual' | 'bounce' | 'complaint' | 'erased'
  /** How it came to be, in a word or two. */
  source: string
  at: string
}

export interface SuppressionPage {
  items: Suppression[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface Tally {
  /** How often, contacts that were erased since among them. */
  total: number
  /** How many contacts; those erased since are not known any more. */
  unique: number
}

/** How much may be kept of what a contact does: `full`, counted only (`aggregate`), or `none`. */
export type TrackingLevel = 'full' | 'aggregate' | 'none'

/** Who or what opened or clicked. What nobody judged counts as `human`. */
export type Verdict = 'human' | 'proxy' | 'machine'

export interface Webhook {
  id: string
  /** Where to deliver: `https`, on the public internet. */
  url: string
  /** What it is for. */
  name: string
  /** Only these kinds of events; all when empty. */
  kinds: EventKind[]
  /** Whether payloads hold the contact's address. */
  includeEmail: boolean
  state: 'active' | 'disabled'
  /** Why it is disabled. */
  reason: string | null
  /** What was recorded until then was delivered, or waits to be tried again. */
  deliveredUntil: string
  /** Since when nothing was accepted any more. */
  failingSince: string | null
  /** When something was accepted last. */
  acceptedAt: string | null
  /** Why the last delivery that failed did. */
  lastProblem: string | null
  /** It asked for a rest, such as by 429. */
  restsUntil: string | null
  /** Until then an older secret signs beside the newest. */
  oldSecretUntil: string | null
  createdAt: string
}

export interface WebhookAttempt {
  at: string
  /** The `webhook-id`. */
  messageId: string
  /** The event's id; null for a test. */
  event: string | null
  /** The first, the second and so on. */
  attempt: number
  /** Of the answer; null when there was none. */
  status: number | null
  /** Why it counts as failed; null: it was accepted. */
  problem: string | null
  milliseconds: number
  /** How the answer begins, where it counts as failed. */
  response: string | null
}

export interface WebhookAttemptPage {
  items: WebhookAttempt[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface WebhookChanges {
  /** Where to deliver: `https`, on the public internet. */
  url?: string
  /** What it is for. */
  name?: string
  /** Only these kinds of events; all when empty. */
  kinds?: EventKind[]
  /** Whether payloads hold the contact's address. */
  includeEmail?: boolean
  state?: 'active' | 'disabled'
}

export interface WebhookPage {
  items: Webhook[]
  /** The `cursor` of the next page; absent on the last one. */
  next?: string
}

export interface WebhookReplay {
  from: string
}

export interface WebhookRotation {
  /** `whsec_` and 24 to 64 bytes in base64. */
  secret?: string
}

export interface WebhookState {
  id: string
  /** Where to deliver: `https`, on the public internet. */
  url: string
  /** What it is for. */
  name: string
  /** Only these kinds of events; all when empty. */
  kinds: EventKind[]
  /** Whether payloads hold the contact's address. */
  includeEmail: boolean
  state: 'active' | 'disabled'
  /** Why it is disabled. */
  reason: string | null
  /** What was recorded until then was delivered, or waits to be tried again. */
  deliveredUntil: string
  /** Since when nothing was accepted any more. */
  failingSince: string | null
  /** When something was accepted last. */
  acceptedAt: string | null
  /** Why the last delivery that failed did. */
  lastProblem: string | null
  /** It asked for a rest, such as by 429. */
  restsUntil: string | null
  /** Until then an older secret signs beside the newest. */
  oldSecretUntil: string | null
  createdAt: string
  /** Events that failed and are tried again. */
  waiting: number
}

export type WebhookTest = Record<string, unknown>

export interface WebhookWithSecret {
  id: string
  /** Where to deliver: `https`, on the public internet. */
  url: string
  /** What it is for. */
  name: string
  /** Only these kinds of events; all when empty. */
  kinds: EventKind[]
  /** Whether payloads hold the contact's address. */
  includeEmail: boolean
  state: 'active' | 'disabled'
  /** Why it is disabled. */
  reason: string | null
  /** What was recorded until then was delivered, or waits to be tried again. */
  deliveredUntil: string
  /** Since when nothing was accepted any more. */
  failingSince: string | null
  /** When something was accepted last. */
  acceptedAt: string | null
  /** Why the last delivery that failed did. */
  lastProblem: string | null
  /** It asked for a rest, such as by 429. */
  restsUntil: string | null
  /** Until then an older secret signs beside the newest. */
  oldSecretUntil: string | null
  createdAt: string
  /** Shown this once. */
  secret: string
}
