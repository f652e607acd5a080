page-language = Italiano
page-title = Controllo della carta
page-ready = Scansiona una carta
page-ready-how = Metti il codice della carta davanti al lettore. Puoi anche incollare il testo del codice o scegliere un’immagine.
page-code = Testo del codice
page-check = Controlla
page-picture = Scegli un’immagine
page-desk = Sportello
page-any-desk = Qualsiasi sportello
page-languages = Lingua
page-face = Il volto corrisponde?
page-return = Restituisci la carta. Nessuno può trattenerla.
page-hotline = Assistenza
page-scope = Che cosa apre qui la carta
page-done = Fatto
page-working = Controllo in corso
page-lost = Il verificatore di questo computer non risponde. Riavvialo, poi scansiona di nuovo.
page-not-a-picture = Questa immagine non è leggibile. Scegli un’immagine PNG, JPEG o WebP di al massimo 10 MB.
page-no-city = Qui non è ancora riconosciuta nessuna città
page-root = Chiave della città

title-valid = Valida
title-valid_stale = Valida, ma le liste sono vecchie
title-not_valid = Non valida
title-cannot_tell = Non si può dire

why-valid = La carta è buona.
why-valid_stale = La carta è buona secondo le liste qui, ma sono vecchie.
why-expired = La carta è autentica, ma è scaduta.
why-not_yet_valid = La carta è autentica, ma non è ancora valida.
why-revoked = La carta è stata revocata.
why-suspended = La carta è sospesa per ora.
why-bad_signature = La città non ha firmato questo: è falso o alterato.
why-key_compromised = La carta è stata firmata con una chiave rubata.
why-service_not_granted = La carta è autentica, ma non apre questo servizio.
why-unreadable = Il codice non è leggibile.
why-not_a_card = Questo codice non è di una carta della città.
why-unknown_issuer = Chi ha emesso la carta non è nella lista qui.
why-unknown_key = La chiave della carta non è nella lista qui.
why-no_trust_list = Questo verificatore non sa ancora di chi fidarsi.
why-status_unknown = Qui non si sa se la carta è stata revocata.
why-clock_behind = L’orologio di questa macchina è indietro.
why-keyboard = Il lettore scrive con una tastiera diversa da quella di questo computer.

do-serve = Servi la persona.
do-serve-and-refresh = Servi la persona e carica presto le liste attuali della città.
do-send-to-renew = Di’ alla persona dove rinnovarla. Restituisci la carta.
do-call-hotline = Non accettare la carta per questo servizio. Restituiscila; per domande c’è l’assistenza.
do-explain-scope = Spiega che cosa apre la carta. Restituiscila.
do-scan-again = Scansiona di nuovo: senza muovere, con più luce, oppure l’altro codice.
do-scan-the-card = Scansiona uno dei due codici sulla carta.
do-refresh-lists = Questo non dice nulla contro la persona. Carica le liste attuali della città, poi scansiona di nuovo.
do-load-trust = Carica le liste della città su questo computer: verifier trust --bundle FILE
do-set-clock = Regola l’orologio di questa macchina, poi scansiona di nuovo.
do-keyboard = Imposta il lettore sulla tastiera USA: scansiona il codice «Keyboard: US» o «English (US)» nel suo manuale, poi di nuovo la carta.

field-number = Numero della carta
field-full_name = Nome
field-second_name = Nome nella sua scrittura
field-birth_date = Nascita
field-gender = Genere
field-address = Indirizzo
field-guardian = Genitore o tutore
field-services = Apre
field-expires = Valida fino al
field-issuer = Emessa da

gender-M = maschile
gender-F = femminile
gender-X = altro

lists-none = Ancora nessuna lista qui
lists-minutes = Liste: { $count } min
lists-hours = Liste: { $count } h
lists-days = Liste: { $count ->
    [one] { $count } giorno
   *[other] { $count } giorni
}

loop-title = Le liste della città
loop-how = Tenga la fotocamera dell’altro apparecchio davanti a questo codice finché ha tutte le parti.
loop-part = Parte
loop-pause = Pausa
loop-slower = Più piano
loop-faster = Più veloce
