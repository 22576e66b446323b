// The pages in Spanish.

import type { Words } from './words.ts'

export const es: Words = {
  unknownTitle: 'Este enlace no funciona',
  unknownText: 'Puede que se haya cortado por el camino. Utilice el que está en el propio correo.',
  methodTitle: 'Esto no se puede hacer aquí',
  methodText: 'Utilice el enlace que está en el propio correo.',
  awayTitle: 'Esta página no está disponible en este momento',
  awayText: 'No se ha cambiado nada. Inténtelo de nuevo dentro de unos minutos.',
  tooManyTitle: 'Han sido demasiadas veces',
  tooManyText:
    'Desde su red se han pedido muchísimas páginas. No se ha cambiado nada. Inténtelo de nuevo dentro de un minuto.',
  tooLongTitle: 'Era demasiado largo',
  tooLongText: 'No se ha cambiado nada. Vuelva atrás y escriba un poco menos.',
  staleTitle: 'No se ha cambiado nada',
  staleText: 'Este formulario no procede de esta página. Abra de nuevo el enlace que está en el correo.',
  unsubscribeTitle: 'Darse de baja',
  unsubscribeText: (address, sender) =>
    sender === ''
      ? `¿Quiere dejar de recibir correos en ${address}?`
      : `¿Quiere dejar de recibir correos de ${sender} en ${address}?`,
  reasonLabel: '¿Por qué? (opcional)',
  reasonHint: 'El remitente leerá lo que escriba aquí.',
  unsubscribeButton: 'Darse de baja',
  choosePreferences: 'Elegir mejor qué recibe',
  doneTitle: 'Se ha dado de baja',
  doneText: (address) => `No se enviarán más correos a ${address}. No tiene que hacer nada más.`,
  waitingTitle: 'Tenemos su solicitud',
  waitingText:
    'Está guardada y se llevará a cabo en cuanto vuelva una parte de nuestro sistema que ahora no responde. No hace falta que la repita.',
  oneClickDone: 'Se ha dado de baja.',
  oneClickWaiting: 'Su solicitud está guardada y se llevará a cabo en breve. No hace falta que la repita.',
  preferencesTitle: 'Sus correos',
  preferencesText: (address) => `Esta página trata de los correos enviados a ${address}.`,
  savedText: 'Guardado.',
  optedOutText: 'Se ha dado de baja y no recibe correos nuestros. Si elige una lista, volverá a recibirlos.',
  blockedText:
    'Los correos a esta dirección están bloqueados en este momento, elija lo que elija aquí. Pregunte al remitente si quiere volver a recibirlos.',
  listsTitle: 'Qué recibe',
  listsHint: 'Recibe los correos de cada lista marcada.',
  noListsText: 'No hay ninguna lista para elegir.',
  saveLists: 'Guardar listas',
  trackingTitle: 'Qué podemos anotar',
  trackingHint:
    'Nuestros correos nos indican si se abren y qué enlaces se siguen. Esta elección no cambia los correos que recibe.',
  trackingFull: 'Anotar lo que abro y los enlaces que sigo',
  trackingFullHint: 'Vemos qué correos nuestros abre y qué enlaces sigue.',
  trackingAggregate: 'Solo contar',
  trackingAggregateHint:
    'Contamos juntas las aperturas y los clics de todos los lectores, sin poder reconocer los suyos.',
  trackingNone: 'No anotar nada',
  trackingNoneHint:
    'Los enlaces siguen funcionando. Desde ahora no se guarda nada, tampoco de los correos que ya tiene.',
  saveTracking: 'Guardar elección',
  stopTitle: 'Ningún correo más',
  stopText: 'Se le quita de todas las listas de inmediato.',
  stopButton: 'Darse de baja de todo',
}
