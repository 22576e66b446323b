// Made from openapi.json by `npm run generate`: not to be edited.

import type { Pages } from '../pages.ts'
import type { CallOptions, Input, Operation } from '../request.ts'
import type {
  ActionBy,
  ApiKeyPage,
  AssignedReview,
  BounceReview,
  BounceReviewWithMail,
  BulkContact,
  Campaign,
  CampaignChange,
  CampaignCheck,
  CampaignProgress,
  CampaignReport,
  CampaignStatus,
  CampaignSummary,
  Consent,
  ConsentPage,
  Contact,
  ContactActivity,
  ContactChange,
  ContactExport,
  ContactStatus,
  ContactSummary,
  CreatedApiKey,
  DkimKey,
  DkimKeyPage,
  Erasure,
  Event,
  EventKind,
  FeedPage,
  Hold,
  InboxEntry,
  InboxEntryWithBody,
  InboxReplay,
  InboxReplayed,
  InboxState,
  IngestResults,
  Job,
  LinkList,
  List,
  ListChange,
  ListSummary,
  MailBlockPage,
  Member,
  Message,
  MessageState,
  NewApiKey,
  NewCampaign,
  NewConsent,
  NewContact,
  NewDkimKey,
  NewEvent,
  NewList,
  NewMessage,
  NewProviderEndpoint,
  NewSchedule,
  NewSender,
  NewSuppression,
  NewTest,
  NewWebhook,
  OptOut,
  ProviderEndpoint,
  ProviderEndpointChange,
  ProviderEndpointPage,
  ProviderEndpointWithSecret,
  ProviderSecretRotation,
  Recipient,
  ReplayRequest,
  Requeued,
  ReviewAssignment,
  Sender,
  SenderPage,
  Suppression,
  Verdict,
  Webhook,
  WebhookAttempt,
  WebhookChanges,
  WebhookPage,
  WebhookReplay,
  WebhookRotation,
  WebhookState,
  WebhookTest,
  WebhookWithSecret,
} from './types.ts'

/** How methods reach the server. */
export interface Caller {
  call<T>(operation: Operation, input: Input, options?: CallOptions): Promise<T>
  pages<Item>(operation: Operation, input: Input, options?: CallOptions): Pages<Item>
}

/** Every operation of the API. */
export interface Methods {
  contacts: {
    /** Find contacts. GET /contacts */
    list(query?: {
      /** Those with these addresses, in any case, 50 at most. Stands alone. */
      email?: string[] | undefined
      /** Those whose address, first name or last name begins so, or both names: `joe f`. Stands alone. Case counts beyond ASCII only. */
      search?: string | undefined
      /** Those on this list. */
      list?: number | undefined
      status?: ContactStatus | undefined
      /** Those whose address gets no mail, or those whose address does. */
      suppressed?: boolean | undefined
      /** Those who did any of these. */
      did?: EventKind[] | undefined
      /** Those who did none of these. */
      didNot?: EventKind[] | undefined
      /** Narrows `did` and `didNot` to what came of this campaign. */
      campaign?: number | undefined
      /** Narrows `did` and `didNot` to this time and later. */
      since?: string | Date | undefined
      /** Narrows `did` and `didNot` to what was before this time. */
      until?: string | Date | undefined
      /** Also counts what privacy proxies and machines opened and clicked; without it people only. */
      include?: ('proxy' | 'machine')[] | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<ContactSummary>
    /** Make a contact. POST /contacts */
    create(body: NewContact, options?: CallOptions): Promise<Contact>
    /** Get a contact. GET /contacts/{id} */
    get(id: number, options?: CallOptions): Promise<Contact>
    /** Change a contact. PATCH /contacts/{id} */
    update(id: number, body: ContactChange, options?: CallOptions): Promise<Contact>
    /** Erase a contact for good. DELETE /contacts/{id} */
    erase(id: number, options?: CallOptions): Promise<Erasure>
    /** Note that a contact wants no more mail. POST /contacts/{id}/optout */
    optOut(id: number, body: OptOut, options?: CallOptions): Promise<Contact>
    /** What a contact did. GET /contacts/{id}/events */
    events(id: number, query?: {
      /** Only these kinds. */
      kind?: EventKind[] | undefined
      /** What happened at this time or later. */
      from?: string | Date | undefined
      /** What happened before this time. */
      to?: string | Date | undefined
      /** Only what was done by these; all when absent. */
      verdict?: Verdict[] | undefined
      order?: 'newest-first' | 'oldest-first' | undefined
      /** Only of this campaign. */
      campaign?: number | undefined
      /** Only clicks on this link of `campaign`. */
      link?: number | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Event>
    /** How much a contact did. GET /contacts/{id}/summary */
    summary(id: number, query?: {
      /** Also counts what privacy proxies and machines opened and clicked; without it people only. */
      include?: ('proxy' | 'machine')[] | undefined
    }, options?: CallOptions): Promise<ContactActivity>
    /** Take in contacts. POST /contacts/bulk */
    ingest(body: BulkContact[], options?: CallOptions): Promise<IngestResults>
    /** Send to a contact again whose mail came back. DELETE /contacts/{id}/hold */
    release(id: number, options?: CallOptions): Promise<void>
    /** Why a contact gets no mail. GET /contacts/{id}/mail-blocks */
    mailBlocks(id: number, options?: CallOptions): Promise<MailBlockPage>
    /** What a contact agreed to, and how we know. GET /contacts/{id}/consents */
    consents(id: number, options?: CallOptions): Promise<ConsentPage>
    /** Note what a contact agreed to. POST /contacts/{id}/consents */
    recordConsent(id: number, body: NewConsent, options?: CallOptions): Promise<Consent>
    /** Everything that is kept of a contact. GET /contacts/{id}/export */
    export(id: number, options?: CallOptions): Promise<ContactExport>
  }
  campaigns: {
    /** What was done with a campaign. GET /campaigns/{id}/events */
    events(id: number, query?: {
      /** Only these kinds. */
      kind?: EventKind[] | undefined
      /** What happened at this time or later. */
      from?: string | Date | undefined
      /** What happened before this time. */
      to?: string | Date | undefined
      /** Only what was done by these; all when absent. */
      verdict?: Verdict[] | undefined
      order?: 'newest-first' | 'oldest-first' | undefined
      /** Only clicks on this link. */
      link?: number | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Event>
    /** All campaigns. GET /campaigns */
    list(query?: {
      status?: CampaignStatus | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<CampaignSummary>
    /** Make a draft. POST /campaigns */
    create(body: NewCampaign, options?: CallOptions): Promise<Campaign>
    /** Get a campaign. GET /campaigns/{id} */
    get(id: number, options?: CallOptions): Promise<Campaign>
    /** Change a campaign. PATCH /campaigns/{id} */
    update(id: number, body: CampaignChange, options?: CallOptions): Promise<Campaign>
    /** Delete a campaign. DELETE /campaigns/{id} */
    delete(id: number, options?: CallOptions): Promise<void>
    /** How much came of a campaign. GET /campaigns/{id}/report */
    report(id: number, query?: {
      /** Also counts what privacy proxies and machines opened and clicked; without it people only. */
      include?: ('proxy' | 'machine')[] | undefined
    }, options?: CallOptions): Promise<CampaignReport>
    /** Who did what with a campaign, and who did not. GET /campaigns/{id}/recipients */
    recipients(id: number, query?: {
      outcome?: 'sent' | 'delivered' | 'opened' | 'clicked' | 'bounced' | 'complained' | 'forwarded' | 'optedOut' | 'notDelivered' | 'notOpened' | 'notClicked' | undefined
      /** Also counts what privacy proxies and machines opened and clicked; without it people only. */
      include?: ('proxy' | 'machine')[] | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Recipient>
    /** The links of a campaign, with their clicks. GET /campaigns/{id}/links */
    links(id: number, query?: {
      /** Also counts what privacy proxies and machines opened and clicked; without it people only. */
      include?: ('proxy' | 'machine')[] | undefined
    }, options?: CallOptions): Promise<LinkList>
    /** What a campaign lacks before it goes out. GET /campaigns/{id}/check */
    check(id: number, query?: {
      /** How many at most, 200 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Promise<CampaignCheck>
    /** Send a campaign to yourself. POST /campaigns/{id}/test */
    test(id: number, body: NewTest, options?: CallOptions): Promise<Message>
    /** Send a campaign now. POST /campaigns/{id}/start */
    start(id: number, options?: CallOptions): Promise<CampaignProgress>
    /** Send a campaign at a time. POST /campaigns/{id}/schedule */
    schedule(id: number, body: NewSchedule, options?: CallOptions): Promise<Campaign>
    /** Take the time of a campaign away. DELETE /campaigns/{id}/schedule */
    unschedule(id: number, options?: CallOptions): Promise<void>
    /** Hand over no more of a campaign until it is resumed. POST /campaigns/{id}/pause */
    pause(id: number, options?: CallOptions): Promise<CampaignProgress>
    /** Go on with a campaign. POST /campaigns/{id}/resume */
    resume(id: number, options?: CallOptions): Promise<CampaignProgress>
    /** Never hand over the rest of a campaign. POST /campaigns/{id}/cancel */
    cancel(id: number, options?: CallOptions): Promise<CampaignProgress>
    /** Send again what may have arrived already. POST /campaigns/{id}/requeue */
    requeue(id: number, options?: CallOptions): Promise<Requeued>
    /** How far a campaign is. GET /campaigns/{id}/progress */
    progress(id: number, options?: CallOptions): Promise<CampaignProgress>
    /** Messages of a campaign, one for each recipient. GET /campaigns/{id}/messages */
    messages(id: number, query?: {
      state?: MessageState | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Message>
  }
  events: {
    /** What came in last. GET /events */
    list(query?: {
      /** Only these kinds. */
      kind?: EventKind[] | undefined
      /** What happened at this time or later. */
      from?: string | Date | undefined
      /** What happened before this time. */
      to?: string | Date | undefined
      /** Only what was done by these; all when absent. */
      verdict?: Verdict[] | undefined
      /** By when they were recorded. */
      order?: 'newest-first' | 'oldest-first' | undefined
      /** Only of this campaign. */
      campaign?: number | undefined
      /** Only clicks on this link of `campaign`. */
      link?: number | undefined
      /** What was recorded at this time or later. */
      recordedFrom?: string | Date | undefined
      /** What was recorded before this time. */
      recordedTo?: string | Date | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Event>
    /** Take in events. POST /events */
    ingest(body: NewEvent[], options?: CallOptions): Promise<IngestResults>
    /** Get an event. GET /events/{event} */
    get(event: string, options?: CallOptions): Promise<Event>
  }
  feed: {
    /** Follow what happens. GET /feed */
    read(query?: {
      /** Where to go on: `next` of the page before, or the `id` of an event of the stream. */
      after?: string | undefined
      /** Without `after`: from the first event on, or only what is recorded from now on; `start` unless said. */
      from?: 'start' | 'now' | undefined
      /** Only these kinds. */
      kind?: EventKind[] | undefined
      /** How many seconds to wait for an event where there is none yet. */
      wait?: number | undefined
      /** How many at most, 100 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Promise<FeedPage>
  }
  webhooks: {
    /** Where events are delivered to. GET /webhooks */
    list(options?: CallOptions): Promise<WebhookPage>
    /** Have events delivered. POST /webhooks */
    create(body: NewWebhook, options?: CallOptions): Promise<WebhookWithSecret>
    /** Get a webhook. GET /webhooks/{id} */
    get(id: string, options?: CallOptions): Promise<WebhookState>
    /** Change, disable or enable a webhook. PATCH /webhooks/{id} */
    update(id: string, body: WebhookChanges, options?: CallOptions): Promise<Webhook>
    /** Remove a webhook, with its attempts and what waits. DELETE /webhooks/{id} */
    delete(id: string, options?: CallOptions): Promise<void>
    /** Send a test. POST /webhooks/{id}/test */
    test(id: string, body: WebhookTest, options?: CallOptions): Promise<WebhookAttempt>
    /** Sign with a new secret. POST /webhooks/{id}/rotate */
    rotate(id: string, body: WebhookRotation, options?: CallOptions): Promise<WebhookWithSecret>
    /** Deliver again from a point in time. POST /webhooks/{id}/replay */
    replay(id: string, body: WebhookReplay, options?: CallOptions): Promise<Webhook>
    /** What was tried, for 30 days. GET /webhooks/{id}/attempts */
    attempts(id: string, query?: {
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<WebhookAttempt>
  }
  providerEndpoints: {
    /** Addresses that providers post to. GET /provider-endpoints */
    list(options?: CallOptions): Promise<ProviderEndpointPage>
    /** Make an address for a provider. POST /provider-endpoints */
    create(body: NewProviderEndpoint, options?: CallOptions): Promise<ProviderEndpointWithSecret>
    /** Get an address of a provider. GET /provider-endpoints/{id} */
    get(id: string, options?: CallOptions): Promise<ProviderEndpoint>
    /** Rename it, or choose whether what is missing is made. PATCH /provider-endpoints/{id} */
    update(id: string, body: ProviderEndpointChange, options?: CallOptions): Promise<ProviderEndpoint>
    /** Take nothing there any more. DELETE /provider-endpoints/{id} */
    delete(id: string, options?: CallOptions): Promise<void>
    /** Take a new secret beside the one there is. POST /provider-endpoints/{id}/rotate */
    rotate(id: string, body: ProviderSecretRotation, options?: CallOptions): Promise<ProviderEndpointWithSecret>
    /** SES: have its topics confirmed for a day. POST /provider-endpoints/{id}/connect */
    connect(id: string, options?: CallOptions): Promise<ProviderEndpoint>
  }
  inbox: {
    /** What came in from providers, for 30 days. GET /inbox */
    list(query?: {
      /** Only in these states. */
      state?: InboxState[] | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<InboxEntry>
    /** Get what came in, as it came. GET /inbox/{id} */
    get(id: number, options?: CallOptions): Promise<InboxEntryWithBody>
    /** Have all in some states read again. POST /inbox/replay */
    replayAll(body: InboxReplay, options?: CallOptions): Promise<InboxReplayed>
    /** Have one read again. POST /inbox/{id}/replay */
    replay(id: number, options?: CallOptions): Promise<InboxEntry>
  }
  lists: {
    /** All lists. GET /lists */
    list(query?: {
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<ListSummary>
    /** Make a list. POST /lists */
    create(body: NewList, options?: CallOptions): Promise<List>
    /** Get a list. GET /lists/{id} */
    get(id: number, options?: CallOptions): Promise<List>
    /** Change a list. PATCH /lists/{id} */
    update(id: number, body: ListChange, options?: CallOptions): Promise<List>
    /** Delete a list. DELETE /lists/{id} */
    delete(id: number, options?: CallOptions): Promise<void>
    /** Who is on a list. GET /lists/{id}/members */
    members(id: number, query?: {
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Member>
    /** Put a contact on a list. PUT /lists/{id}/members/{contact} */
    addMember(id: number, contact: number, query?: {
      by?: ActionBy | undefined
    }, options?: CallOptions): Promise<void>
    /** Take a contact off a list. DELETE /lists/{id}/members/{contact} */
    removeMember(id: number, contact: number, options?: CallOptions): Promise<void>
  }
  messages: {
    /** Send one message to one contact. POST /messages */
    send(body: NewMessage, options?: CallOptions): Promise<Message>
    /** What became of a message. GET /messages/{id} */
    get(id: string, options?: CallOptions): Promise<Message>
  }
  suppressions: {
    /** Addresses that get no mail. GET /suppressions */
    list(query?: {
      email?: string | undefined
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Suppression>
    /** Suppress an address. POST /suppressions */
    create(body: NewSuppression, options?: CallOptions): Promise<Suppression>
    /** Get a suppression. GET /suppressions/{id} */
    get(id: string, options?: CallOptions): Promise<Suppression>
    /** Let an address have mail again. DELETE /suppressions/{id} */
    delete(id: string, options?: CallOptions): Promise<void>
  }
  holds: {
    /** Contacts that get no mail because mail to them came back. GET /holds */
    list(query?: {
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Hold>
  }
  bounceReviews: {
    /** Reports that wait for a decision. GET /bounce-reviews */
    list(query?: {
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<BounceReview>
    /** Get a report, with the mail itself. GET /bounce-reviews/{id} */
    get(id: string, options?: CallOptions): Promise<BounceReviewWithMail>
    /** Let nothing follow from a report. DELETE /bounce-reviews/{id} */
    delete(id: string, options?: CallOptions): Promise<void>
    /** Say whom a report is about. POST /bounce-reviews/{id}/assign */
    assign(id: string, body: ReviewAssignment, options?: CallOptions): Promise<AssignedReview>
  }
  erasures: {
    /** How far an erasure has come. GET /erasures/{id} */
    get(id: number, options?: CallOptions): Promise<Erasure>
  }
  keys: {
    /** API keys, revoked ones too. GET /keys */
    list(options?: CallOptions): Promise<ApiKeyPage>
    /** Make an API key. POST /keys */
    create(body: NewApiKey, options?: CallOptions): Promise<CreatedApiKey>
    /** Make an API key stop working at once. DELETE /keys/{id} */
    revoke(id: number, options?: CallOptions): Promise<void>
  }
  senders: {
    /** Addresses that campaigns may be sent from. GET /senders */
    list(options?: CallOptions): Promise<SenderPage>
    /** Add an address to send from. POST /senders */
    create(body: NewSender, options?: CallOptions): Promise<Sender>
    /** Get an address to send from. GET /senders/{id} */
    get(id: number, options?: CallOptions): Promise<Sender>
  }
  verdicts: {
    /** Judge opens and clicks anew. POST /verdicts/replay */
    replay(body: ReplayRequest, options?: CallOptions): Promise<Job>
  }
  jobs: {
    /** Work that goes on behind the answers. GET /jobs */
    list(query?: {
      /** How many at most, 50 unless said. */
      limit?: number | undefined
    }, options?: CallOptions): Pages<Job>
    /** Get a job. GET /jobs/{id} */
    get(id: number, options?: CallOptions): Promise<Job>
  }
  dkimKeys: {
    /** Keys that sign mail, with their DNS records. GET /dkim-keys */
    list(options?: CallOptions): Promise<DkimKeyPage>
    /** Make a key that signs mail. POST /dkim-keys */
    create(body: NewDkimKey, options?: CallOptions): Promise<DkimKey>
    /** Sign with a key no more. POST /dkim-keys/{domain}/{selector}/retire */
    retire(domain: string, selector: string, options?: CallOptions): Promise<DkimKey>
  }
}

export function createMethods(caller: Caller): Methods {
  return {
    contacts: {
      list: (query, options) => caller.pages({ method: 'GET', path: '/contacts' }, { query }, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/contacts', isKeyed: true }, { body }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/contacts/{id}' }, { path: [id] }, options),
      update: (id, body, options) => caller.call({ method: 'PATCH', path: '/contacts/{id}' }, { path: [id], body }, options),
      erase: (id, options) => caller.call({ method: 'DELETE', path: '/contacts/{id}' }, { path: [id] }, options),
      optOut: (id, body, options) => caller.call({ method: 'POST', path: '/contacts/{id}/optout', isKeyed: true }, { path: [id], body }, options),
      events: (id, query, options) => caller.pages({ method: 'GET', path: '/contacts/{id}/events' }, { path: [id], query }, options),
      summary: (id, query, options) => caller.call({ method: 'GET', path: '/contacts/{id}/summary' }, { path: [id], query }, options),
      ingest: (body, options) => caller.call({ method: 'POST', path: '/contacts/bulk', isRepeatable: true }, { body }, options),
      release: (id, options) => caller.call({ method: 'DELETE', path: '/contacts/{id}/hold' }, { path: [id] }, options),
      mailBlocks: (id, options) => caller.call({ method: 'GET', path: '/contacts/{id}/mail-blocks' }, { path: [id] }, options),
      consents: (id, options) => caller.call({ method: 'GET', path: '/contacts/{id}/consents' }, { path: [id] }, options),
      recordConsent: (id, body, options) => caller.call({ method: 'POST', path: '/contacts/{id}/consents', isKeyed: true }, { path: [id], body }, options),
      export: (id, options) => caller.call({ method: 'GET', path: '/contacts/{id}/export' }, { path: [id] }, options),
    },
    campaigns: {
      events: (id, query, options) => caller.pages({ method: 'GET', path: '/campaigns/{id}/events' }, { path: [id], query }, options),
      list: (query, options) => caller.pages({ method: 'GET', path: '/campaigns' }, { query }, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/campaigns', isKeyed: true }, { body }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/campaigns/{id}' }, { path: [id] }, options),
      update: (id, body, options) => caller.call({ method: 'PATCH', path: '/campaigns/{id}' }, { path: [id], body }, options),
      delete: (id, options) => caller.call({ method: 'DELETE', path: '/campaigns/{id}' }, { path: [id] }, options),
      report: (id, query, options) => caller.call({ method: 'GET', path: '/campaigns/{id}/report' }, { path: [id], query }, options),
      recipients: (id, query, options) => caller.pages({ method: 'GET', path: '/campaigns/{id}/recipients' }, { path: [id], query }, options),
      links: (id, query, options) => caller.call({ method: 'GET', path: '/campaigns/{id}/links' }, { path: [id], query }, options),
      check: (id, query, options) => caller.call({ method: 'GET', path: '/campaigns/{id}/check' }, { path: [id], query }, options),
      test: (id, body, options) => caller.call({ method: 'POST', path: '/campaigns/{id}/test', isKeyed: true }, { path: [id], body }, options),
      start: (id, options) => caller.call({ method: 'POST', path: '/campaigns/{id}/start', isKeyed: true }, { path: [id] }, options),
      schedule: (id, body, options) => caller.call({ method: 'POST', path: '/campaigns/{id}/schedule', isKeyed: true }, { path: [id], body }, options),
      unschedule: (id, options) => caller.call({ method: 'DELETE', path: '/campaigns/{id}/schedule' }, { path: [id] }, options),
      pause: (id, options) => caller.call({ method: 'POST', path: '/campaigns/{id}/pause', isKeyed: true }, { path: [id] }, options),
      resume: (id, options) => caller.call({ method: 'POST', path: '/campaigns/{id}/resume', isKeyed: true }, { path: [id] }, options),
      cancel: (id, options) => caller.call({ method: 'POST', path: '/campaigns/{id}/cancel', isKeyed: true }, { path: [id] }, options),
      requeue: (id, options) => caller.call({ method: 'POST', path: '/campaigns/{id}/requeue' }, { path: [id] }, options),
      progress: (id, options) => caller.call({ method: 'GET', path: '/campaigns/{id}/progress' }, { path: [id] }, options),
      messages: (id, query, options) => caller.pages({ method: 'GET', path: '/campaigns/{id}/messages' }, { path: [id], query }, options),
    },
    events: {
      list: (query, options) => caller.pages({ method: 'GET', path: '/events' }, { query }, options),
      ingest: (body, options) => caller.call({ method: 'POST', path: '/events', isRepeatable: true }, { body }, options),
      get: (event, options) => caller.call({ method: 'GET', path: '/events/{event}' }, { path: [event] }, options),
    },
    feed: {
      read: (query, options) => caller.call({ method: 'GET', path: '/feed' }, { query }, options),
    },
    webhooks: {
      list: (options) => caller.call({ method: 'GET', path: '/webhooks' }, {}, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/webhooks' }, { body }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/webhooks/{id}' }, { path: [id] }, options),
      update: (id, body, options) => caller.call({ method: 'PATCH', path: '/webhooks/{id}' }, { path: [id], body }, options),
      delete: (id, options) => caller.call({ method: 'DELETE', path: '/webhooks/{id}' }, { path: [id] }, options),
      test: (id, body, options) => caller.call({ method: 'POST', path: '/webhooks/{id}/test' }, { path: [id], body }, options),
      rotate: (id, body, options) => caller.call({ method: 'POST', path: '/webhooks/{id}/rotate' }, { path: [id], body }, options),
      replay: (id, body, options) => caller.call({ method: 'POST', path: '/webhooks/{id}/replay', isKeyed: true }, { path: [id], body }, options),
      attempts: (id, query, options) => caller.pages({ method: 'GET', path: '/webhooks/{id}/attempts' }, { path: [id], query }, options),
    },
    providerEndpoints: {
      list: (options) => caller.call({ method: 'GET', path: '/provider-endpoints' }, {}, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/provider-endpoints' }, { body }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/provider-endpoints/{id}' }, { path: [id] }, options),
      update: (id, body, options) => caller.call({ method: 'PATCH', path: '/provider-endpoints/{id}' }, { path: [id], body }, options),
      delete: (id, options) => caller.call({ method: 'DELETE', path: '/provider-endpoints/{id}' }, { path: [id] }, options),
      rotate: (id, body, options) => caller.call({ method: 'POST', path: '/provider-endpoints/{id}/rotate' }, { path: [id], body }, options),
      connect: (id, options) => caller.call({ method: 'POST', path: '/provider-endpoints/{id}/connect' }, { path: [id] }, options),
    },
    inbox: {
      list: (query, options) => caller.pages({ method: 'GET', path: '/inbox' }, { query }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/inbox/{id}' }, { path: [id] }, options),
      replayAll: (body, options) => caller.call({ method: 'POST', path: '/inbox/replay' }, { body }, options),
      replay: (id, options) => caller.call({ method: 'POST', path: '/inbox/{id}/replay' }, { path: [id] }, options),
    },
    lists: {
      list: (query, options) => caller.pages({ method: 'GET', path: '/lists' }, { query }, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/lists', isKeyed: true }, { body }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/lists/{id}' }, { path: [id] }, options),
      update: (id, body, options) => caller.call({ method: 'PATCH', path: '/lists/{id}' }, { path: [id], body }, options),
      delete: (id, options) => caller.call({ method: 'DELETE', path: '/lists/{id}' }, { path: [id] }, options),
      members: (id, query, options) => caller.pages({ method: 'GET', path: '/lists/{id}/members' }, { path: [id], query }, options),
      addMember: (id, contact, query, options) => caller.call({ method: 'PUT', path: '/lists/{id}/members/{contact}' }, { path: [id, contact], query }, options),
      removeMember: (id, contact, options) => caller.call({ method: 'DELETE', path: '/lists/{id}/members/{contact}' }, { path: [id, contact] }, options),
    },
    messages: {
      send: (body, options) => caller.call({ method: 'POST', path: '/messages', isKeyed: true }, { body }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/messages/{id}' }, { path: [id] }, options),
    },
    suppressions: {
      list: (query, options) => caller.pages({ method: 'GET', path: '/suppressions' }, { query }, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/suppressions', isKeyed: true }, { body }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/suppressions/{id}' }, { path: [id] }, options),
      delete: (id, options) => caller.call({ method: 'DELETE', path: '/suppressions/{id}' }, { path: [id] }, options),
    },
    holds: {
      list: (query, options) => caller.pages({ method: 'GET', path: '/holds' }, { query }, options),
    },
    bounceReviews: {
      list: (query, options) => caller.pages({ method: 'GET', path: '/bounce-reviews' }, { query }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/bounce-reviews/{id}' }, { path: [id] }, options),
      delete: (id, options) => caller.call({ method: 'DELETE', path: '/bounce-reviews/{id}' }, { path: [id] }, options),
      assign: (id, body, options) => caller.call({ method: 'POST', path: '/bounce-reviews/{id}/assign' }, { path: [id], body }, options),
    },
    erasures: {
      get: (id, options) => caller.call({ method: 'GET', path: '/erasures/{id}' }, { path: [id] }, options),
    },
    keys: {
      list: (options) => caller.call({ method: 'GET', path: '/keys' }, {}, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/keys' }, { body }, options),
      revoke: (id, options) => caller.call({ method: 'DELETE', path: '/keys/{id}' }, { path: [id] }, options),
    },
    senders: {
      list: (options) => caller.call({ method: 'GET', path: '/senders' }, {}, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/senders', isKeyed: true }, { body }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/senders/{id}' }, { path: [id] }, options),
    },
    verdicts: {
      replay: (body, options) => caller.call({ method: 'POST', path: '/verdicts/replay', isKeyed: true }, { body }, options),
    },
    jobs: {
      list: (query, options) => caller.pages({ method: 'GET', path: '/jobs' }, { query }, options),
      get: (id, options) => caller.call({ method: 'GET', path: '/jobs/{id}' }, { path: [id] }, options),
    },
    dkimKeys: {
      list: (options) => caller.call({ method: 'GET', path: '/dkim-keys' }, {}, options),
      create: (body, options) => caller.call({ method: 'POST', path: '/dkim-keys' }, { body }, options),
      retire: (domain, selector, options) => caller.call({ method: 'POST', path: '/dkim-keys/{domain}/{selector}/retire' }, { path: [domain, selector] }, options),
    },
  }
}

/** Where each operation of openapi.json is. */
export const operationPlaces: Readonly<Record<string, string>> = {
  listContacts: 'contacts.list',
  createContact: 'contacts.create',
  getContact: 'contacts.get',
  updateContact: 'contacts.update',
  eraseContact: 'contacts.erase',
  optOutContact: 'contacts.optOut',
  listContactEvents: 'contacts.events',
  getContactSummary: 'contacts.summary',
  listCampaignEvents: 'campaigns.events',
  listEvents: 'events.list',
  ingestEvents: 'events.ingest',
  getEvent: 'events.get',
  ingestContacts: 'contacts.ingest',
  readFeed: 'feed.read',
  listWebhooks: 'webhooks.list',
  createWebhook: 'webhooks.create',
  getWebhook: 'webhooks.get',
  updateWebhook: 'webhooks.update',
  deleteWebhook: 'webhooks.delete',
  testWebhook: 'webhooks.test',
  rotateWebhookSecret: 'webhooks.rotate',
  replayWebhook: 'webhooks.replay',
  listWebhookAttempts: 'webhooks.attempts',
  listProviderEndpoints: 'providerEndpoints.list',
  createProviderEndpoint: 'providerEndpoints.create',
  getProviderEndpoint: 'providerEndpoints.get',
  updateProviderEndpoint: 'providerEndpoints.update',
  deleteProviderEndpoint: 'providerEndpoints.delete',
  rotateProviderSecret: 'providerEndpoints.rotate',
  connectProviderEndpoint: 'providerEndpoints.connect',
  listInbox: 'inbox.list',
  getInboxEntry: 'inbox.get',
  replayInbox: 'inbox.replayAll',
  replayInboxEntry: 'inbox.replay',
  listLists: 'lists.list',
  createList: 'lists.create',
  getList: 'lists.get',
  updateList: 'lists.update',
  deleteList: 'lists.delete',
  listMembers: 'lists.members',
  addMember: 'lists.addMember',
  removeMember: 'lists.removeMember',
  listCampaigns: 'campaigns.list',
  createCampaign: 'campaigns.create',
  getCampaign: 'campaigns.get',
  updateCampaign: 'campaigns.update',
  deleteCampaign: 'campaigns.delete',
  getCampaignReport: 'campaigns.report',
  listRecipients: 'campaigns.recipients',
  listLinks: 'campaigns.links',
  checkCampaign: 'campaigns.check',
  testCampaign: 'campaigns.test',
  startCampaign: 'campaigns.start',
  scheduleCampaign: 'campaigns.schedule',
  unscheduleCampaign: 'campaigns.unschedule',
  pauseCampaign: 'campaigns.pause',
  resumeCampaign: 'campaigns.resume',
  cancelCampaign: 'campaigns.cancel',
  requeueCampaign: 'campaigns.requeue',
  getCampaignProgress: 'campaigns.progress',
  sendMessage: 'messages.send',
  getMessage: 'messages.get',
  listMessages: 'campaigns.messages',
  listSuppressions: 'suppressions.list',
  createSuppression: 'suppressions.create',
  getSuppression: 'suppressions.get',
  deleteSuppression: 'suppressions.delete',
  listHolds: 'holds.list',
  releaseContact: 'contacts.release',
  listMailBlocks: 'contacts.mailBlocks',
  listBounceReviews: 'bounceReviews.list',
  getBounceReview: 'bounceReviews.get',
  deleteBounceReview: 'bounceReviews.delete',
  assignBounceReview: 'bounceReviews.assign',
  listConsents: 'contacts.consents',
  recordConsent: 'contacts.recordConsent',
  exportContact: 'contacts.export',
  getErasure: 'erasures.get',
  listKeys: 'keys.list',
  createKey: 'keys.create',
  revokeKey: 'keys.revoke',
  listSenders: 'senders.list',
  createSender: 'senders.create',
  getSender: 'senders.get',
  replayVerdicts: 'verdicts.replay',
  listJobs: 'jobs.list',
  getJob: 'jobs.get',
  listDkimKeys: 'dkimKeys.list',
  createDkimKey: 'dkimKeys.create',
  retireDkimKey: 'dkimKeys.retire',
}
