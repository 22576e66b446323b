// The pages in English.

import type { Words } from './words.ts'

export const en: Words = {
  unknownTitle: 'This link does not work',
  unknownText: 'It may have been cut off on its way to you. Please use the one in the mail itself.',
  methodTitle: 'This can’t be done here',
  methodText: 'Please use the link in the mail itself.',
  awayTitle: 'This page is not available right now',
  awayText: 'Nothing was changed. Please try again in a few minutes.',
  tooLongTitle: 'That was too long',
  tooLongText: 'Nothing was changed. Please go back and write a little less.',
  staleTitle: 'Nothing was changed',
  staleText: 'This form was not made by this page. Please open the link in the mail again.',
  unsubscribeTitle: 'Unsubscribe',
  unsubscribeText: (address, sender) =>
    sender === '' ? `Stop all mail to ${address}?` : `Stop all mail from ${sender} to ${address}?`,
  reasonLabel: 'Why? (optional)',
  reasonHint: 'The sender will read what you write here.',
  unsubscribeButton: 'Unsubscribe',
  choosePreferences: 'Choose what you get instead',
  doneTitle: 'You are unsubscribed',
  doneText: (address) => `No more mail will be sent to ${address}. You need not do anything else.`,
  waitingTitle: 'We have your request',
  waitingText:
    'It is stored safely, and will be carried out as soon as a part of our system that is away just now is back. You need not ask again.',
  oneClickDone: 'You are unsubscribed.',
  oneClickWaiting: 'Your request is stored and will be carried out shortly. You need not ask again.',
  preferencesTitle: 'Your mail',
  preferencesText: (address) => `This page is about mail to ${address}.`,
  savedText: 'Saved.',
  optedOutText: 'You are unsubscribed and get no mail from us. If you choose a list, you get mail again.',
  blockedText:
    'Mail to this address is blocked at the moment, whatever you choose here. Please ask the sender if you want it back.',
  listsTitle: 'What you get',
  listsHint: 'You get mail for each list that is ticked.',
  noListsText: 'There is no list to choose from.',
  saveLists: 'Save lists',
  trackingTitle: 'What we may record',
  trackingHint:
    'Our mail tells us whether it is opened and which links are followed. This choice does not change which mail you get.',
  trackingFull: 'Record what I open and click',
  trackingFullHint: 'We see which of our mail you open and which links you follow.',
  trackingAggregate: 'Only count it',
  trackingAggregateHint: 'We count the opens and clicks of all readers together, and can’t tell which were yours.',
  trackingNone: 'Record nothing',
  trackingNoneHint: 'Links go on working. From now on nothing is kept, for mail you already have as well.',
  saveTracking: 'Save choice',
  stopTitle: 'No more mail at all',
  stopText: 'You are taken off all lists at once, whatever you chose above.',
  stopButton: 'Unsubscribe from everything',
}
