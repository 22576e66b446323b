// The words of forwarding to friends: of the form, and of the mail that a friend gets.

import type { Language } from './words.ts'

export interface ForwardWords {
  title: string
  /** `subject` is the mail's, `sender` empty where none is known. */
  text(subject: string, sender: string): string
  nameLabel: string
  friendLabel(number: number): string
  noteLabel: string
  noteHint: string
  privacy: string
  button: string
  /** Of the field that no person sees. */
  trapLabel: string
  sentTitle: string
  sentText: string
  more: string
  problemsTitle: string
  nameMissing: string
  friendMissing: string
  friendInvalid(number: number): string
  noteTooLong: string
  tooSoon: string
  tooMany(left: number): string
  noneLeftTitle: string
  noneLeftText: string
  /** Of the mail. */
  subject(name: string, subject: string): string
  intro(name: string, sender: string): string
  reason(sender: string): string
}

const en: ForwardWords = {
  title: 'Send it to friends',
  text: (subject, sender) => (sender === '' ? `“${subject}”` : `“${subject}”, a mail from ${sender}`),
  nameLabel: 'Your name',
  friendLabel: (number) => (number === 1 ? 'Address of a friend' : `Address of friend ${number} (optional)`),
  noteLabel: 'A few words (optional)',
  noteHint: 'Up to 280 characters. Links are taken out.',
  privacy:
    'Your friends get this one mail and are put on no list. Of their addresses we keep only a fingerprint, for 30 days. Whoever asked us for no mail gets none.',
  button: 'Send',
  trapLabel: 'Leave this empty',
  sentTitle: 'It is on its way',
  sentText: 'We pass the mail on to the addresses you gave us. Whoever asked us for no mail gets none.',
  more: 'Send it to others',
  problemsTitle: 'Nothing was sent yet',
  nameMissing: 'Please write your name.',
  friendMissing: 'Please write the address of a friend.',
  friendInvalid: (number) => `Address ${number} is none that mail can be sent to.`,
  noteTooLong: 'Please write a little less: 280 characters at most.',
  tooSoon: 'That was very fast. Please press the button once more.',
  tooMany: (left) => `You can name ${left} more at most.`,
  noneLeftTitle: 'That was the last of them',
  noneLeftText: 'This mail can’t be sent to any more friends from here at the moment.',
  subject: (name, subject) => `${name} thought you would like “${subject}”`,
  intro: (name, sender) =>
    sender === '' ? `${name} sends you this mail.` : `${name} sends you this mail from ${sender}.`,
  reason: (sender) =>
    `You get it this once, because ${sender === '' ? 'a reader' : `a reader of ${sender}`} gave us your address for it. You are on no list of ours, and we do not keep your address.`,
}

const de: ForwardWords = {
  title: 'An Freunde schicken',
  text: (subject, sender) => (sender === '' ? `„${subject}“` : `„${subject}“, eine E-Mail von ${sender}`),
  nameLabel: 'Ihr Name',
  friendLabel: (number) => (number === 1 ? 'Adresse eines Freundes' : `Adresse ${number} (freiwillig)`),
  noteLabel: 'Ein paar Worte (freiwillig)',
  noteHint: 'Bis zu 280 Zeichen. Links werden entfernt.',
  privacy:
    'Ihre Freunde bekommen diese eine E-Mail und kommen auf keine Liste. Von ihren Adressen behalten wir nur einen Fingerabdruck, 30 Tage lang. Wer von uns keine E-Mails möchte, bekommt keine.',
  button: 'Abschicken',
  trapLabel: 'Bitte leer lassen',
  sentTitle: 'Sie ist unterwegs',
  sentText: 'Wir geben die E-Mail an die genannten Adressen weiter. Wer von uns keine E-Mails möchte, bekommt keine.',
  more: 'An weitere schicken',
  problemsTitle: 'Es wurde noch nichts verschickt',
  nameMissing: 'Bitte geben Sie Ihren Namen an.',
  friendMissing: 'Bitte geben Sie die Adresse eines Freundes an.',
  friendInvalid: (number) => `An die Adresse ${number} kann keine E-Mail geschickt werden.`,
  noteTooLong: 'Bitte schreiben Sie etwas weniger: höchstens 280 Zeichen.',
  tooSoon: 'Das ging sehr schnell. Bitte drücken Sie den Knopf noch einmal.',
  tooMany: (left) => `Sie können höchstens noch ${left} angeben.`,
  noneLeftTitle: 'Das waren alle',
  noneLeftText: 'Diese E-Mail kann von hier aus zurzeit an keine weiteren Freunde geschickt werden.',
  subject: (name, subject) => `${name} dachte, das könnte Ihnen gefallen: „${subject}“`,
  intro: (name, sender) =>
    sender === '' ? `${name} schickt Ihnen diese E-Mail.` : `${name} schickt Ihnen diese E-Mail von ${sender}.`,
  reason: (sender) =>
    `Sie bekommen sie dieses eine Mal, weil uns ${sender === '' ? 'eine Leserin oder ein Leser' : `eine Leserin oder ein Leser von ${sender}`} Ihre Adresse dafür genannt hat. Sie stehen auf keiner unserer Listen, und wir behalten Ihre Adresse nicht.`,
}

const fr: ForwardWords = {
  title: 'Envoyer à des amis',
  text: (subject, sender) =>
    sender === '' ? `«\u00a0${subject}\u00a0»` : `«\u00a0${subject}\u00a0», un e-mail de ${sender}`,
  nameLabel: 'Votre nom',
  friendLabel: (number) => (number === 1 ? 'Adresse d’un ami' : `Adresse ${number} (facultatif)`),
  noteLabel: 'Quelques mots (facultatif)',
  noteHint: 'Jusqu’à 280 caractères. Les liens sont retirés.',
  privacy:
    'Vos amis reçoivent ce seul e-mail et ne sont inscrits à aucune liste. De leurs adresses, nous ne gardons qu’une empreinte, pendant 30 jours. Qui ne veut pas d’e-mails de notre part n’en reçoit pas.',
  button: 'Envoyer',
  trapLabel: 'Laissez ce champ vide',
  sentTitle: 'L’e-mail est en route',
  sentText: 'Nous le transmettons aux adresses indiquées. Qui ne veut pas d’e-mails de notre part n’en reçoit pas.',
  more: 'Envoyer à d’autres',
  problemsTitle: 'Rien n’a encore été envoyé',
  nameMissing: 'Veuillez indiquer votre nom.',
  friendMissing: 'Veuillez indiquer l’adresse d’un ami.',
  friendInvalid: (number) => `Aucun e-mail ne peut être envoyé à l’adresse ${number}.`,
  noteTooLong: 'Veuillez écrire un peu moins\u00a0: 280 caractères au plus.',
  tooSoon: 'C’était très rapide. Veuillez appuyer encore une fois sur le bouton.',
  tooMany: (left) => `Vous pouvez en indiquer encore ${left} au plus.`,
  noneLeftTitle: 'C’étaient les derniers',
  noneLeftText: 'Cet e-mail ne peut être envoyé d’ici à d’autres amis pour le moment.',
  subject: (name, subject) => `${name} a pensé que ceci vous plairait\u00a0: «\u00a0${subject}\u00a0»`,
  intro: (name, sender) =>
    sender === '' ? `${name} vous envoie cet e-mail.` : `${name} vous envoie cet e-mail de ${sender}.`,
  reason: (sender) =>
    `Vous le recevez cette seule fois, parce qu’une personne qui ${sender === '' ? 'nous lit' : `lit les e-mails de ${sender}`} nous a donné votre adresse à cette fin. Vous n’êtes inscrit à aucune de nos listes, et nous ne gardons pas votre adresse.`,
}

const es: ForwardWords = {
  title: 'Enviar a amigos',
  text: (subject, sender) => (sender === '' ? `«${subject}»` : `«${subject}», un correo de ${sender}`),
  nameLabel: 'Su nombre',
  friendLabel: (number) => (number === 1 ? 'Dirección de un amigo' : `Dirección ${number} (opcional)`),
  noteLabel: 'Unas palabras (opcional)',
  noteHint: 'Hasta 280 caracteres. Los enlaces se quitan.',
  privacy:
    'Sus amigos reciben solo este correo y no entran en ninguna lista. De sus direcciones guardamos únicamente una huella, durante 30 días. Quien no quiere correos nuestros no recibe ninguno.',
  button: 'Enviar',
  trapLabel: 'Deje esto vacío',
  sentTitle: 'Está en camino',
  sentText: 'Pasamos el correo a las direcciones indicadas. Quien no quiere correos nuestros no recibe ninguno.',
  more: 'Enviar a otros',
  problemsTitle: 'Todavía no se ha enviado nada',
  nameMissing: 'Escriba su nombre.',
  friendMissing: 'Escriba la dirección de un amigo.',
  friendInvalid: (number) => `A la dirección ${number} no se puede enviar correo.`,
  noteTooLong: 'Escriba un poco menos: 280 caracteres como máximo.',
  tooSoon: 'Ha sido muy rápido. Pulse el botón otra vez.',
  tooMany: (left) => `Puede indicar ${left} más como máximo.`,
  noneLeftTitle: 'Esos eran los últimos',
  noneLeftText: 'Por ahora este correo no se puede enviar desde aquí a más amigos.',
  subject: (name, subject) => `${name} pensó que le gustaría: «${subject}»`,
  intro: (name, sender) =>
    sender === '' ? `${name} le envía este correo.` : `${name} le envía este correo de ${sender}.`,
  reason: (sender) =>
    `Lo recibe esta única vez, porque ${sender === '' ? 'alguien que nos lee' : `alguien que lee los correos de ${sender}`} nos dio su dirección para ello. No está en ninguna lista nuestra y no guardamos su dirección.`,
}

export const forwardWords: Readonly<Record<Language, ForwardWords>> = { en, de, fr, es }
