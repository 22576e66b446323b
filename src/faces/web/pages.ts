// The table of all routes: each page, and who may see it. A test walks it with every role.

import { changeApiPassword, changeRetention, changeWire, showAccount, showServer } from './account.ts'
import { showAudit } from './audit-log.ts'
import { showCampaign } from './campaign.ts'
import { askDeleteCampaign, changeCampaignTracking, removeCampaign } from './campaign-actions.ts'
import { addCampaign, editCampaign, maxCampaignForm, showEditCampaign, showNewCampaign } from './campaign-editor.ts'
import { previewDraft, showClickMap, showEmptyPreview, showMail, showPreview } from './campaign-preview.ts'
import { askStart, cancelRest, pause, requeue, resume, schedule, sendTest, showSend, start, unschedule } from './campaign-send.ts' // oxfmt-ignore
import { showCampaigns } from './campaigns.ts'
import { changeLook } from './change-look.ts'
import { chooseOwnPassword, showLink } from './choose-password.ts'
import { showComparison } from './compare.ts'
import { showContact } from './contact.ts'
import { askConsent, askErase, askSuppress, askUnsuppress, changeConsent, erase, suppress, unsuppress } from './contact-actions.ts' // oxfmt-ignore
import { askExport, downloadCsv, downloadJson, exportRecord } from './contact-download.ts'
import { addContact, editContact, showEditContact, showNewContact } from './contact-edit.ts'
import { showContacts } from './contacts.ts'
import { showOutcomes } from './deliverability.ts'
import { releaseOneHold, showHolds } from './holds.ts'
import { createDemoData, showHome } from './home.ts'
import { downloadRejects, maxImportForm, showImport, showImports, showNewImport, startImport } from './imports.ts'
import { addKey, revokeKey, showKeys } from './keys.ts'
import { addList, askDeleteList, editList, removeList, showList, showLists } from './lists.ts'
import { changeOwnName, changeOwnPassword, endOneSession, newRecoveryCodes, showProfile, showTotp, turnOff, turnOn } from './profile.ts' // oxfmt-ignore
import { downloadRecipients, showRecipients } from './recipients.ts'
import { assignReview, dropReview, showReview, showReviews } from './reviews.ts'
import { ask, look, open } from './route.ts'
import type { Route } from './route.ts'
import { findNames, showSearch } from './search.ts'
import { addDkimKey, addOneSender, retireKey, showSenders } from './senders.ts'
import { setUpOwner, showSetup } from './setup.ts'
import { signIn, showSignIn, signOut, takeSignInCode } from './sign-in.ts'
import { addOneSuppression, liftSuppression, showSuppressions } from './suppressions.ts'
import { showMoreEvents } from './timeline.ts'
import { changeUsualTracking } from './usual-tracking.ts'
import { addUser, askRemoveUser, changeUserRole, makeUserLink, removeOneUser, showUsers, turnUserTotpOff } from './users.ts' // oxfmt-ignore
import { addEndpoint, askRemoveEndpoint, connectEndpoint, removeOneEndpoint, rotateEndpoint, showEndpoint, showNewEndpoint } from './provider-endpoint.ts' // oxfmt-ignore
import { replayRequest, showRequest } from './provider-request.ts'
import { replayRequests, showProviderHooks } from './provider-hooks.ts'
import { askRemoveWebhook, deliverAgain, editWebhook, removeOneWebhook, rotateWebhookSecret, sendWebhookTest, showWebhook, turnWebhookOff, turnWebhookOn } from './webhook.ts' // oxfmt-ignore
import { addWebhook, showWebhooks } from './webhooks.ts'

export const pages: readonly Route[] = [
  open('GET', '/sign-in', showSignIn),
  open('POST', '/sign-in', signIn),
  open('POST', '/sign-in/code', takeSignInCode),
  open('GET', '/setup', showSetup),
  open('POST', '/setup', setUpOwner),
  open('GET', '/welcome', showLink),
  open('POST', '/welcome', chooseOwnPassword),

  // Everybody's own, whatever the role.
  ask('POST', 'read', '/sign-out', signOut),
  ask('POST', 'read', '/look', changeLook),
  look('/profile', showProfile),
  ask('POST', 'read', '/profile/name', changeOwnName),
  ask('POST', 'read', '/profile/password', changeOwnPassword),
  ask('POST', 'read', '/profile/sessions', endOneSession),
  look('/profile/codes', showTotp),
  ask('POST', 'read', '/profile/codes', turnOn),
  ask('POST', 'read', '/profile/codes/off', turnOff),
  ask('POST', 'read', '/profile/recovery', newRecoveryCodes),

  look('/', showHome),
  ask('POST', 'admin', '/demo', createDemoData),
  look('/search', showSearch),
  look('/search/names', findNames),

  look('/contacts', showContacts),
  ask('GET', 'write', '/contacts/new', showNewContact),
  ask('POST', 'write', '/contacts/new', addContact),
  look('/contacts/:id', showContact),
  look('/contacts/:id/events', showMoreEvents),
  look('/contacts/:id/events.csv', downloadCsv),
  look('/contacts/:id/events.json', downloadJson),
  look('/contacts/:id/export', askExport),
  ask('POST', 'read', '/contacts/:id/export', exportRecord),
  ask('GET', 'write', '/contacts/:id/edit', showEditContact),
  ask('POST', 'write', '/contacts/:id/edit', editContact),
  ask('GET', 'write', '/contacts/:id/consent', askConsent),
  ask('POST', 'write', '/contacts/:id/consent', changeConsent),
  ask('GET', 'write', '/contacts/:id/suppress', askSuppress),
  ask('POST', 'write', '/contacts/:id/suppress', suppress),
  ask('GET', 'write', '/contacts/:id/unsuppress', askUnsuppress),
  ask('POST', 'write', '/contacts/:id/unsuppress', unsuppress),
  ask('GET', 'admin', '/contacts/:id/erase', askErase),
  ask('POST', 'admin', '/contacts/:id/erase', erase),

  look('/lists', showLists),
  ask('POST', 'write', '/lists', addList),
  look('/lists/:id', showList),
  ask('POST', 'write', '/lists/:id', editList),
  ask('GET', 'write', '/lists/:id/delete', askDeleteList),
  ask('POST', 'write', '/lists/:id/delete', removeList),

  look('/imports', showImports),
  ask('GET', 'write', '/imports/new', showNewImport),
  { ...ask('POST', 'write', '/imports', startImport), maxBytes: maxImportForm },
  look('/imports/:id', showImport),
  look('/imports/:id/rejects.csv', downloadRejects),

  look('/campaigns', showCampaigns),
  look('/campaigns/compare', showComparison),
  ask('GET', 'write', '/campaigns/new', showNewCampaign),
  { ...ask('POST', 'write', '/campaigns/new', addCampaign), maxBytes: maxCampaignForm },
  ask('GET', 'write', '/campaigns/preview', showEmptyPreview),
  { ...ask('POST', 'write', '/campaigns/preview', previewDraft), maxBytes: maxCampaignForm },
  look('/campaigns/:id', showCampaign),
  look('/campaigns/:id/recipients', showRecipients),
  look('/campaigns/:id/recipients.csv', downloadRecipients),
  look('/campaigns/:id/preview', showPreview),
  look('/campaigns/:id/click-map', showClickMap),
  look('/campaigns/:id/mail', showMail),
  ask('GET', 'write', '/campaigns/:id/edit', showEditCampaign),
  { ...ask('POST', 'write', '/campaigns/:id/edit', editCampaign), maxBytes: maxCampaignForm },
  ask('GET', 'write', '/campaigns/:id/send', showSend),
  ask('POST', 'write', '/campaigns/:id/test', sendTest),
  ask('GET', 'write', '/campaigns/:id/start', askStart),
  ask('POST', 'write', '/campaigns/:id/start', start),
  ask('POST', 'write', '/campaigns/:id/schedule', schedule),
  ask('POST', 'write', '/campaigns/:id/unschedule', unschedule),
  ask('POST', 'write', '/campaigns/:id/pause', pause),
  ask('POST', 'write', '/campaigns/:id/resume', resume),
  ask('POST', 'write', '/campaigns/:id/cancel', cancelRest),
  ask('POST', 'write', '/campaigns/:id/requeue', requeue),
  ask('POST', 'write', '/campaigns/:id/tracking', changeCampaignTracking),
  ask('GET', 'write', '/campaigns/:id/delete', askDeleteCampaign),
  ask('POST', 'write', '/campaigns/:id/delete', removeCampaign),

  look('/deliverability', showOutcomes),
  look('/deliverability/suppressions', showSuppressions),
  ask('POST', 'write', '/deliverability/suppressions', addOneSuppression),
  ask('POST', 'write', '/deliverability/suppressions/lift', liftSuppression),
  look('/deliverability/holds', showHolds),
  ask('POST', 'write', '/deliverability/holds/:id/release', releaseOneHold),
  look('/deliverability/review', showReviews),
  look('/deliverability/review/:id', showReview),
  ask('POST', 'write', '/deliverability/review/:id/assign', assignReview),
  ask('POST', 'write', '/deliverability/review/:id/drop', dropReview),
  look('/deliverability/providers', showProviderHooks),
  ask('POST', 'write', '/deliverability/providers/replay', replayRequests),
  look('/deliverability/providers/inbox/:id', showRequest),
  ask('POST', 'write', '/deliverability/providers/inbox/:id/replay', replayRequest),
  ask('GET', 'admin', '/deliverability/providers/new', showNewEndpoint),
  ask('POST', 'admin', '/deliverability/providers/new', addEndpoint),
  ask('GET', 'admin', '/deliverability/providers/:id', showEndpoint),
  ask('POST', 'admin', '/deliverability/providers/:id/rotate', rotateEndpoint),
  ask('POST', 'admin', '/deliverability/providers/:id/connect', connectEndpoint),
  ask('GET', 'admin', '/deliverability/providers/:id/remove', askRemoveEndpoint),
  ask('POST', 'admin', '/deliverability/providers/:id/remove', removeOneEndpoint),

  look('/settings', showAccount),
  ask('POST', 'admin', '/settings/password', changeApiPassword),
  ask('POST', 'admin', '/settings/wire', changeWire),
  ask('POST', 'admin', '/settings/tracking', changeUsualTracking),
  ask('POST', 'admin', '/settings/retention', changeRetention),
  look('/settings/server', showServer),
  look('/settings/senders', showSenders),
  ask('POST', 'write', '/settings/senders', addOneSender),
  ask('POST', 'admin', '/settings/dkim', addDkimKey),
  ask('POST', 'admin', '/settings/dkim/retire', retireKey),
  ask('GET', 'admin', '/settings/users', showUsers),
  ask('POST', 'admin', '/settings/users', addUser),
  ask('POST', 'admin', '/settings/users/:id/role', changeUserRole),
  ask('POST', 'admin', '/settings/users/:id/link', makeUserLink),
  ask('POST', 'admin', '/settings/users/:id/totp', turnUserTotpOff),
  ask('GET', 'admin', '/settings/users/:id/remove', askRemoveUser),
  ask('POST', 'admin', '/settings/users/:id/remove', removeOneUser),
  ask('GET', 'admin', '/settings/keys', showKeys),
  ask('POST', 'admin', '/settings/keys', addKey),
  ask('POST', 'admin', '/settings/keys/:id/revoke', revokeKey),
  ask('GET', 'admin', '/settings/webhooks', showWebhooks),
  ask('POST', 'admin', '/settings/webhooks', addWebhook),
  ask('GET', 'admin', '/settings/webhooks/:id', showWebhook),
  ask('POST', 'admin', '/settings/webhooks/:id', editWebhook),
  ask('POST', 'admin', '/settings/webhooks/:id/test', sendWebhookTest),
  ask('POST', 'admin', '/settings/webhooks/:id/disable', turnWebhookOff),
  ask('POST', 'admin', '/settings/webhooks/:id/enable', turnWebhookOn),
  ask('POST', 'admin', '/settings/webhooks/:id/rotate', rotateWebhookSecret),
  ask('POST', 'admin', '/settings/webhooks/:id/replay', deliverAgain),
  ask('GET', 'admin', '/settings/webhooks/:id/remove', askRemoveWebhook),
  ask('POST', 'admin', '/settings/webhooks/:id/remove', removeOneWebhook),
  ask('GET', 'admin', '/settings/audit', showAudit),
]
