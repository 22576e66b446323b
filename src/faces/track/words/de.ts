// The pages in German.

import type { Words } from './words.ts'

export const de: Words = {
  unknownTitle: 'Dieser Link funktioniert nicht',
  unknownText: 'Vielleicht wurde er unterwegs abgeschnitten. Bitte nutzen Sie den Link in der E-Mail selbst.',
  methodTitle: 'Das geht hier nicht',
  methodText: 'Bitte nutzen Sie den Link in der E-Mail selbst.',
  awayTitle: 'Diese Seite ist gerade nicht erreichbar',
  awayText: 'Es wurde nichts geändert. Bitte versuchen Sie es in einigen Minuten noch einmal.',
  tooManyTitle: 'Das war zu oft',
  tooManyText:
    'Aus Ihrem Netz wurden sehr viele Seiten abgerufen. Es wurde nichts geändert. Bitte versuchen Sie es in einer Minute noch einmal.',
  tooLongTitle: 'Das war zu lang',
  tooLongText: 'Es wurde nichts geändert. Bitte gehen Sie zurück und schreiben Sie etwas weniger.',
  staleTitle: 'Es wurde nichts geändert',
  staleText: 'Dieses Formular stammt nicht von dieser Seite. Bitte öffnen Sie den Link in der E-Mail noch einmal.',
  unsubscribeTitle: 'Abmelden',
  unsubscribeText: (address, sender) =>
    sender === ''
      ? `Möchten Sie an ${address} keine E-Mails mehr bekommen?`
      : `Möchten Sie an ${address} keine E-Mails mehr von ${sender} bekommen?`,
  reasonLabel: 'Warum? (freiwillig)',
  reasonHint: 'Der Absender liest, was Sie hier schreiben.',
  unsubscribeButton: 'Abmelden',
  choosePreferences: 'Lieber auswählen, was Sie bekommen',
  doneTitle: 'Sie sind abgemeldet',
  doneText: (address) => `An ${address} werden keine E-Mails mehr geschickt. Mehr müssen Sie nicht tun.`,
  waitingTitle: 'Wir haben Ihren Wunsch',
  waitingText:
    'Er ist sicher gespeichert und wird ausgeführt, sobald ein Teil unseres Systems, der gerade ausgefallen ist, wieder da ist. Sie müssen nicht noch einmal fragen.',
  oneClickDone: 'Sie sind abgemeldet.',
  oneClickWaiting: 'Ihr Wunsch ist gespeichert und wird in Kürze ausgeführt. Sie müssen nicht noch einmal fragen.',
  preferencesTitle: 'Ihre E-Mails',
  preferencesText: (address) => `Hier geht es um E-Mails an ${address}.`,
  savedText: 'Gespeichert.',
  optedOutText:
    'Sie sind abgemeldet und bekommen keine E-Mails von uns. Wenn Sie eine Liste auswählen, bekommen Sie wieder welche.',
  blockedText:
    'E-Mails an diese Adresse sind zurzeit gesperrt, was immer Sie hier auswählen. Bitte fragen Sie den Absender, wenn Sie wieder welche möchten.',
  listsTitle: 'Was Sie bekommen',
  listsHint: 'Sie bekommen E-Mails für jede Liste mit einem Haken.',
  noListsText: 'Es gibt keine Liste zur Auswahl.',
  saveLists: 'Listen speichern',
  trackingTitle: 'Was wir festhalten dürfen',
  trackingHint:
    'Unsere E-Mails melden uns, ob sie geöffnet und welche Links aufgerufen werden. Diese Wahl ändert nicht, welche E-Mails Sie bekommen.',
  trackingFull: 'Festhalten, was ich öffne und anklicke',
  trackingFullHint: 'Wir sehen, welche unserer E-Mails Sie öffnen und welchen Links Sie folgen.',
  trackingAggregate: 'Nur mitzählen',
  trackingAggregateHint: 'Wir zählen Öffnungen und Klicks aller Leser zusammen und können Ihre nicht erkennen.',
  trackingNone: 'Nichts festhalten',
  trackingNoneHint:
    'Links funktionieren weiter. Von jetzt an wird nichts mehr gespeichert, auch nicht bei E-Mails, die Sie schon haben.',
  saveTracking: 'Auswahl speichern',
  stopTitle: 'Gar keine E-Mails mehr',
  stopText: 'Sie werden sofort von allen Listen genommen.',
  stopButton: 'Von allem abmelden',
}
