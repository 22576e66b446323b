// The pages in French. Before : ; ? ! stands a no-break space, as it is written there.

import type { Words } from './words.ts'

export const fr: Words = {
  unknownTitle: 'Ce lien ne fonctionne pas',
  unknownText: 'Il a peut-être été coupé en chemin. Veuillez utiliser celui qui se trouve dans l’e-mail.',
  methodTitle: 'Cela n’est pas possible ici',
  methodText: 'Veuillez utiliser le lien qui se trouve dans l’e-mail.',
  awayTitle: 'Cette page n’est pas disponible pour le moment',
  awayText: 'Rien n’a été modifié. Veuillez réessayer dans quelques minutes.',
  tooManyTitle: 'C’était trop souvent',
  tooManyText:
    'De très nombreuses pages ont été demandées depuis votre réseau. Rien n’a été modifié. Veuillez réessayer dans une minute.',
  tooLongTitle: 'C’était trop long',
  tooLongText: 'Rien n’a été modifié. Veuillez revenir en arrière et écrire un peu moins.',
  staleTitle: 'Rien n’a été modifié',
  staleText: 'Ce formulaire ne vient pas de cette page. Veuillez rouvrir le lien qui se trouve dans l’e-mail.',
  unsubscribeTitle: 'Se désabonner',
  unsubscribeText: (address, sender) =>
    sender === ''
      ? `Voulez-vous ne plus recevoir d’e-mails à l’adresse ${address}\u00a0?`
      : `Voulez-vous ne plus recevoir d’e-mails de ${sender} à l’adresse ${address}\u00a0?`,
  reasonLabel: 'Pourquoi\u00a0? (facultatif)',
  reasonHint: 'L’expéditeur lira ce que vous écrivez ici.',
  unsubscribeButton: 'Se désabonner',
  choosePreferences: 'Choisir plutôt ce que vous recevez',
  doneTitle: 'Désabonnement effectué',
  doneText: (address) => `Plus aucun e-mail ne sera envoyé à ${address}. Vous n’avez rien d’autre à faire.`,
  waitingTitle: 'Nous avons votre demande',
  waitingText:
    'Elle est enregistrée et sera exécutée dès qu’une partie de notre système, absente en ce moment, sera de retour. Inutile de la refaire.',
  oneClickDone: 'Désabonnement effectué.',
  oneClickWaiting: 'Votre demande est enregistrée et sera exécutée sous peu. Inutile de la refaire.',
  preferencesTitle: 'Vos e-mails',
  preferencesText: (address) => `Cette page concerne les e-mails envoyés à ${address}.`,
  savedText: 'Enregistré.',
  optedOutText:
    'Votre adresse est désabonnée et vous ne recevez aucun e-mail de notre part. Si vous choisissez une liste, vous en recevrez à nouveau.',
  blockedText:
    'Les e-mails à cette adresse sont bloqués en ce moment, quel que soit votre choix ici. Adressez-vous à l’expéditeur si vous souhaitez en recevoir à nouveau.',
  listsTitle: 'Ce que vous recevez',
  listsHint: 'Vous recevez les e-mails de chaque liste cochée.',
  noListsText: 'Il n’y a aucune liste à choisir.',
  saveLists: 'Enregistrer les listes',
  trackingTitle: 'Ce que nous pouvons noter',
  trackingHint:
    'Nos e-mails nous indiquent s’ils sont ouverts et quels liens sont suivis. Ce choix ne change rien aux e-mails que vous recevez.',
  trackingFull: 'Noter ce que j’ouvre et les liens que je suis',
  trackingFullHint: 'Nous voyons lesquels de nos e-mails vous ouvrez et quels liens vous suivez.',
  trackingAggregate: 'Seulement compter',
  trackingAggregateHint:
    'Nous comptons ensemble les ouvertures et les clics de tous les lecteurs, sans pouvoir reconnaître les vôtres.',
  trackingNone: 'Ne rien noter',
  trackingNoneHint:
    'Les liens continuent de fonctionner. Désormais rien n’est conservé, même pour les e-mails que vous avez déjà.',
  saveTracking: 'Enregistrer le choix',
  stopTitle: 'Plus aucun e-mail',
  stopText: 'Votre adresse est retirée aussitôt de toutes les listes.',
  stopButton: 'Se désabonner de tout',
}
