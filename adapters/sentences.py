"""What a refusal says to a practitioner: what is wrong and what to do, in English or Italian.

Made from the code and its facts alone. Only ids, codes, numbers and times of the facts are ever repeated, so nothing
that somebody wrote about a person can come back in an answer or a log.
"""

import re
from collections.abc import Mapping
from typing import Any, Final

LANGUAGES: Final = ("en", "it")

_PLAIN = re.compile(r"[A-Za-z0-9][A-Za-z0-9:+./_-]{0,79}", re.ASCII)


def sentence(code: str, facts: Mapping[str, object], language: str = "en") -> str:
    """The sentence of a refusal; a code without one of its own gets the plainest."""
    variant = "nearest" if facts.get("nearest") else "" if facts else "hidden"
    key = f"{code}+{variant}" if f"{code}+{variant}" in SENTENCES else code
    return _chosen(SENTENCES.get(key, _OTHERWISE), language).format_map(_Facts(facts, language))


def notice(code: str, language: str = "en") -> str:
    """The sentence of something that is to be known about what was recorded."""
    return _chosen(NOTICES[code], language)


def in_full(answer: Mapping[str, Any]) -> str:
    """The sentence of a refusal as a door gave it, with each fault and its field."""
    faults = [f"{fault['path']}: {_of_field(fault)}" for fault in answer.get("fields", ())]
    more = [f"And {answer['more']} more."] if answer.get("more") else []
    return " ".join([answer["sentence"], *faults, *more])


def _of_field(fault: Mapping[str, str]) -> str:
    """Answers that were kept by an older release have the code alone."""
    return fault.get("sentence") or field_sentence(fault["code"])


def field_sentence(code: str, language: str = "en") -> str:
    """What is wrong with one field, by the code of its fault; `field.unknown (nearest: x)` names the nearest."""
    plain, _, rest = code.partition(" ")
    nearest = rest.removeprefix("(nearest: ").removesuffix(")")
    key = f"{plain}+nearest" if nearest else plain
    return _chosen(FIELDS.get(key, _OTHER_FIELD), language).format_map(_Facts({"nearest": nearest}, language))


def _chosen(texts: tuple[str, str], language: str) -> str:
    return texts[LANGUAGES.index(language) if language in LANGUAGES else 0]


class _Facts(dict[str, str]):
    """The facts fit to be repeated: a word of the product in the reader's language, an id, a number; else a dash."""

    def __init__(self, facts: Mapping[str, object], language: str) -> None:
        super().__init__({name: _said(str(value), language) for name, value in facts.items()})

    def __missing__(self, name: str) -> str:
        return "–"  # noqa: RUF001 (a dash for what is not told)


def _said(value: str, language: str) -> str:
    if value in _WORDS:
        return _chosen(_WORDS[value], language)
    return value if _PLAIN.fullmatch(value) else "–"  # noqa: RUF001


_WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "sent": ("sent", "inviata"),
    "waitlisted": ("on the waiting list", "in lista d'attesa"),
    "accepted": ("accepted", "accettata"),
    "declined": ("declined", "rifiutata"),
    "withdrawn": ("withdrawn", "ritirata"),
    "closed": ("closed", "conclusa"),
    "proposed": ("proposed", "proposto"),
    "approved": ("approved", "approvata"),
    "case": ("case", "fascicolo"),
    "organisation": ("organisation", "ente"),
    "rulebook": ("rulebook", "regolamento"),
    "agreement": ("agreement", "accordo"),
}

_OTHERWISE: Final = (
    "The record cannot take this. Please ask the network office what to do.",
    "Il registro non può accogliere questa richiesta. Rivolgersi all'ufficio di rete.",
)

SENTENCES: Final[Mapping[str, tuple[str, str]]] = {
    # what asks for too much
    "question.too-dear": (
        "Working this out takes too long. Please ask for less at once: one case, fewer days, or a smaller page.",
        "L'elaborazione dura troppo. Chiedere meno per volta: un fascicolo, meno giorni o una pagina più corta.",
    ),
    "question.too-large": (
        "The question is too long: it may have {most} bytes. Please ask for less at once.",
        "La domanda è troppo lunga: può avere {most} byte. Chiedere meno per volta.",
    ),
    "answer.too-large": (
        "The answer is too large to be sent. Please ask for less at once: a smaller page, or one case.",
        "La risposta è troppo grande per essere inviata. Chiedere meno per volta: una pagina più corta o un fascicolo.",
    ),
    # what cannot be read
    "form.not-json": (
        "This is not a readable message (JSON in UTF-8). Please have your system checked.",
        "Il messaggio non è leggibile (JSON in UTF-8). Far controllare il proprio sistema.",
    ),
    "form.unreadable": (
        "Some fields are missing or have not the form that is asked for. Please put right the fields that are named.",
        "Alcuni campi mancano o non hanno la forma richiesta. Correggere i campi indicati.",
    ),
    "form.unknown-code": (
        "A code is not on the published list. Please choose one of the list that the network office has published.",
        "Un codice non è nell'elenco pubblicato. Sceglierne uno dall'elenco pubblicato dall'ufficio di rete.",
    ),
    "form.subject-differs": (
        "The address of the message and its content do not say the same. Please send it under the address of its act.",
        "L'indirizzo del messaggio e il contenuto non coincidono. Inviarlo all'indirizzo del proprio atto.",
    ),
    "act.too-large": (
        "The act has {bytes} bytes; {most} are the most. Please shorten it, or keep the document in your own archive.",
        "L'atto è di {bytes} byte; il massimo è {most}. Abbreviarlo o tenere il documento nel proprio archivio.",
    ),
    "act.unknown": (
        "There is no act of this name for a record of this kind ({kind}). Please look it up in the list of acts.",
        "Non esiste un atto con questo nome per questo tipo di registro ({kind}). Consultare l'elenco degli atti.",
    ),
    "act.unknown+nearest": (
        "There is no act of this name for a record of this kind ({kind}). Did you mean {nearest}?",
        "Non esiste un atto con questo nome per questo tipo di registro ({kind}). Si intendeva {nearest}?",
    ),
    "query.unknown": (
        "There is no question of this name. Please look it up in the description of the service.",
        "Non esiste una domanda con questo nome. Consultare la descrizione del servizio.",
    ),
    "question.beyond-horizon": (
        "A day at most ten years from today can be asked for.",
        "Si può chiedere una data entro dieci anni da oggi.",
    ),
    "act.day-out-of-reach": (
        "A day lies too far away: it may lie between 1900 and ten years from today. Please put the fields right.",
        "Una data è troppo lontana: può andare dal 1900 a dieci anni da oggi. Correggere i campi indicati.",
    ),
    # who may speak, and where
    "door.malformed-subject": (
        "The address of the message is not one of ours. It is written in.<organisation>.<kind>.<id>.<act>.",
        "L'indirizzo del messaggio non è valido. Si scrive in.<ente>.<tipo>.<id>.<atto>.",
    ),
    "door.not-yours": (
        "You may only speak as your own organisation. Please use the address and the credentials of your organisation.",
        "Si può parlare solo a nome del proprio ente. Usare l'indirizzo e le credenziali del proprio ente.",
    ),
    "budget.acts": (
        "Your organisation has told more acts than it may at once. Please send the rest a little later.",
        "L'ente ha trasmesso più atti di quanti può in una volta. Inviare il resto poco più tardi.",
    ),
    "budget.bytes": (
        "Your organisation has used up the bytes of the record that it may fill in a day. Some come back all the time.",
        "L'ente ha esaurito i byte del registro che può occupare in un giorno. Una parte si libera di continuo.",
    ),
    "budget.views": (
        "What your organisation has told keeps the lists of all busy. Please send the rest later.",
        "Quanto trasmesso dall'ente tiene occupati gli elenchi di tutti. Inviare il resto più tardi.",
    ),
    "budget.joins": (
        "You have brought that organisation into as many cases as you may in a day. Please send this again later.",
        "L'ente ha inserito quell'organizzazione in tanti casi quanti può in un giorno. Inviarlo di nuovo più tardi.",
    ),
    "budget.questions": (
        "Your organisation's questions have used up their share of the processor for now.",
        "Le domande dell'ente hanno esaurito per ora la loro quota del processore.",
    ),
    "questions.too-many": (
        "Too many questions are waiting at the moment.",
        "Al momento sono in attesa troppe domande.",
    ),
    "disk.no-room": (
        "There is no room on the disk of the record at the moment. The network office is told.",
        "Al momento non c'è spazio sul disco del registro. L'ufficio di rete ne è informato.",
    ),
    "service.fault": (
        "A fault of the service kept it from deciding this act. It was noted for the operator.",
        "Un guasto del servizio ha impedito di decidere questo atto. È stato annotato per chi gestisce il servizio.",
    ),
    "desk.clock-differs": (
        "The clock of this part of the service differs by {seconds} s from the others'. Please send it again later.",
        "L'orologio di questa parte del servizio differisce di {seconds} s dagli altri. Inviare di nuovo più tardi.",
    ),
    "door.not-recognised": (
        "We do not recognise you. Please send the token that your organisation got from the network office.",
        "Accesso non riconosciuto. Inviare il codice di accesso ricevuto dall'ufficio di rete.",
    ),
    "door.no-such-path": (
        "Nothing is found at this address. Please look it up in /openapi.json.",
        "A questo indirizzo non c'è nulla. Consultare /openapi.json.",
    ),
    "door.no-such-method": (
        "This address is not asked in this way. Please look up its method (GET or POST) in /openapi.json.",
        "Questo indirizzo non si usa così. Consultare il suo metodo (GET o POST) in /openapi.json.",
    ),
    "door.too-slow": (
        "What you sent did not arrive within {seconds} seconds. Please send it again.",
        "Quanto inviato non è arrivato entro {seconds} secondi. Inviarlo di nuovo.",
    ),
    "organisation.suspended": (
        "Your organisation is suspended and cannot use the record for now. Please speak to the network office.",
        "L'ente è sospeso e per ora non può usare il registro. Rivolgersi all'ufficio di rete.",
    ),
    "organisation.unknown": (
        "The organisation {organisation} is not on the record. Please look it up in the directory.",
        "L'ente {organisation} non è nel registro. Cercarlo nell'elenco degli enti o farlo registrare.",
    ),
    "organisation.already-registered": (
        "This organisation is registered already. Please send organisation-updated with what has changed.",
        "L'ente è già registrato. Inviare organisation-updated con ciò che è cambiato.",
    ),
    "organisation.not-yours": (
        "Only the organisation itself or the network office may do this.",
        "Può farlo solo l'ente stesso o l'ufficio di rete.",
    ),
    "network.not-the-office": (
        "Only the network office may do this. Please ask it to.",
        "Può farlo solo l'ufficio di rete. Chiederlo all'ufficio.",
    ),
    "network.office-cannot-be-suspended": (
        "The network office itself cannot be suspended.",
        "L'ufficio di rete non può essere sospeso.",
    ),
    "rulebook.edition-not-newer": (
        "Edition {edition} is published already, or a newer one is. Please give this one a higher number.",
        "L'edizione {edition} è già pubblicata, o ne esiste una più recente. Usare un numero più alto.",
    ),
    "case.unknown": (
        "No such case is known to you. Please check its id, or ask who follows the person to let you join.",
        "Nessun fascicolo di questo tipo vi è noto. Controllare l'identificativo o chiedere di essere ammessi.",
    ),
    "case.already-open": (
        "This case is open already. Please tell what happened in it, or open another under a new id.",
        "Il fascicolo è già aperto. Comunicare ciò che è avvenuto, o aprirne un altro con un nuovo identificativo.",
    ),
    "case.not-responsible": (
        "Only the organisation that is responsible for the case may do this. Please ask it to.",
        "Può farlo solo l'ente titolare del fascicolo. Chiederlo all'ente titolare.",
    ),
    "case.only-asked": (
        "You have been asked and may answer; everything else is open to you once you have accepted.",
        "Avete ricevuto una richiesta e potete rispondere; il resto sarà possibile dopo l'accettazione.",
    ),
    "act.outside-your-period": (
        "At that time you did not belong to the case. You may tell what you did while you belonged to it.",
        "A quella data non facevate parte del caso. Si comunica solo ciò che si è fatto quando se ne faceva parte.",
    ),
    "act.id-used": (
        "You have used the act id {act_id} for something else already. Please send this act under a new one.",
        "L'identificativo {act_id} è già stato usato per un altro atto. Inviare questo con un nuovo identificativo.",
    ),
    "act.for-a-connected": (
        "That organisation is connected and does this itself: nobody else may decide who belongs to the case.",
        "Quell'ente è collegato e lo fa da sé: nessun altro decide in sua vece chi fa parte del fascicolo.",
    ),
    "time.in-the-future": (
        "The time that is told ({occurred_at}) has not come yet. Please tell an act once it has happened.",
        "Il momento indicato ({occurred_at}) non è ancora arrivato. Comunicare l'atto dopo che è avvenuto.",
    ),
    # members and handing over
    "member.past-without-date": (
        "The past is to be open since a day, but the day is missing. Please say since when.",
        "Il passato va aperto da una data, ma la data manca. Indicare da quando.",
    ),
    "member.left-before-joining": (
        "The organisation {organisation} joined this case later than that. Please give the day on which it left.",
        "L'ente {organisation} è entrato in questo fascicolo più tardi. Indicare il giorno in cui è uscito.",
    ),
    "member.unknown": (
        "The organisation {organisation} is not a member of this case now.",
        "L'ente {organisation} ora non fa parte di questo fascicolo.",
    ),
    "handover.unknown": (
        "The handover {handover} is not on the record. Please check its id.",
        "Il passaggio {handover} non è nel registro. Controllare l'identificativo.",
    ),
    "handover.exists": (
        "A handover {handover} is on the record already. Please give this one a new id.",
        "Un passaggio {handover} è già nel registro. Usare un nuovo identificativo.",
    ),
    "handover.not-yours": (
        "The handover {handover} is proposed to another organisation; only that one may answer.",
        "Il passaggio {handover} è proposto a un altro ente; solo quello può rispondere.",
    ),
    "handover.answered": (
        "This handover is answered already ({state}). Please propose a new one if it is to change.",
        "Al passaggio è già stato risposto ({state}). Proporne uno nuovo per cambiare.",
    ),
    "handover.overtaken": (
        "Who proposed the handover {handover} is no longer responsible. Please have it proposed anew.",
        "Chi ha proposto il passaggio {handover} non è più titolare. Farlo proporre di nuovo.",
    ),
    "handover.teller-is-proposer": (
        "An organisation without a system needs a teller that is not the one who proposes the handover.",
        "Un ente senza sistema ha bisogno di un referente che comunichi per suo conto, diverso da chi propone.",
    ),
    "case.has-responsible": (
        "The case has a responsible organisation. Ask it for a handover.",
        "Il fascicolo ha un ente titolare. Chiedergli il passaggio di titolarità.",
    ),
    "case.not-yours-to-adopt": (
        "Only a public service of the case, or who sent an accepted referral, may adopt it. Ask the network office.",
        "Può prenderlo in carico un servizio pubblico del caso o chi ha inviato. Rivolgersi all'ufficio di rete.",
    ),
    "case.not-adopted": (
        "The organisation {organisation} has not adopted this case, or its past is confirmed already.",
        "L'ente {organisation} non ha preso in carico questo fascicolo senza titolare, o la storia è già confermata.",
    ),
    "case.past-not-confirmed": (
        "The past of the adopted case is not confirmed yet. Until then you can suspend, refer and convene.",
        "La storia del fascicolo non è ancora confermata. Intanto si può sospendere, segnalare e convocare.",
    ),
    "case.past-confirmed-too-early": (
        "All members have to have known of the adoption for some working days. Confirm the past from {day} on.",
        "Tutti i membri devono sapere da alcuni giorni lavorativi della presa in carico. Confermare dal {day}.",
    ),
    "claim.waits-already": (
        "What you told in entry {entry} still waits for the other's word. Have it attested, or take it back first.",
        "Quanto comunicato nella voce {entry} attende ancora la parola dell'altro. Farla confermare o ritirarla prima.",
    ),
    "claim.too-many": (
        "On this case {most} acts that you told for others wait for their word. Have some attested or take them back.",
        "In questo fascicolo {most} cose comunicate per altri attendono conferma. Farne confermare o ritirarne alcune.",
    ),
    "teller.not-connected": (
        "The organisation {organisation} has no system of its own or is suspended, so it cannot tell for another.",
        "L'ente {organisation} non ha un proprio sistema o è sospeso: non può comunicare per conto di altri.",
    ),
    "teller.not-needed": (
        "The organisation {organisation} has a system of its own and tells its acts itself.",
        "L'ente {organisation} ha un proprio sistema e comunica da sé.",
    ),
    "only-for.not-on-this-act": (
        "The field only_for is for notes, such as a contact. Others rely on this act: leave the field out.",
        "Il campo only_for vale per le annotazioni, come un contatto. Su questo atto contano altri: togliere il campo.",
    ),
    "id.of-another-kind": (
        "The id {id} is already that of something else in this case. Use a new id for the sheet.",
        "L'identificativo {id} è già usato per altro in questo fascicolo. Usarne uno nuovo per la scheda.",
    ),
    "correction.moves-belonging": (
        "This would change who belongs to the case or sees it. Withdraw, decline or leave, or ask who is responsible.",
        "Cambierebbe chi fa parte del fascicolo o lo vede. Ritirare, rifiutare o uscire, o chiedere al titolare.",
    ),
    "agreement.signature-not-yours": (
        "The organisation {organisation} has a system of its own and signs the agreement itself.",
        "L'ente {organisation} ha un proprio sistema e firma da sé la convenzione.",
    ),
    "closure.ask-the-office": (
        "An organisation is closed for at most {days} days in any twelve months. For more, ask the network office.",
        "Un ente è chiuso al massimo {days} giorni in dodici mesi. Per di più, chiedere all'ufficio della rete.",
    ),
    "closure.too-far-away": (
        "A closure lies within {years} years of the day on which it is told. Please check its days.",
        "Una chiusura dista al massimo {years} anni dal giorno in cui è comunicata. Controllare le date.",
    ),
    # referrals
    "referral.not-revived": (
        "Taking back a decline or a withdrawal revives nothing. The sender can send the referral again.",
        "Ritirare un rifiuto o un ritiro non riapre nulla. Chi ha inviato può segnalare di nuovo.",
    ),
    "referral.placement-has-begun": (
        "The placement from the referral {referral} has begun. End the placement instead.",
        "L'inserimento nato dalla segnalazione {referral} è iniziato. Concludere l'inserimento.",
    ),
    "referral.unknown": (
        "The referral {referral} is not on the record. Please check its id.",
        "La segnalazione {referral} non è nel registro. Controllare l'identificativo.",
    ),
    "referral.exists": (
        "A referral {referral} is on the record already. Please give this one a new id.",
        "Una segnalazione {referral} è già nel registro. Usare un nuovo identificativo.",
    ),
    "referral.to-oneself": (
        "A referral goes to another organisation. Please name the one that is asked.",
        "Una segnalazione va a un altro ente. Indicare l'ente a cui è rivolta.",
    ),
    "referral.not-yours": (
        "In the referral {referral} this is for the other organisation to do.",
        "Nella segnalazione {referral} questo spetta all'altro ente.",
    ),
    "referral.answered": (
        "This referral is {state} already. Please send a new referral if the person is to be asked for again.",
        "La segnalazione è già {state}. Inviarne una nuova per chiedere di nuovo.",
    ),
    "referral.answered-before-sent": (
        "The answer is dated before the referral {referral} was sent. Please put the date right.",
        "La risposta è datata prima dell'invio della segnalazione {referral}. Correggere la data.",
    ),
    "referral.not-accepted": (
        "This referral is {state}; an outcome is returned of one that was accepted.",
        "La segnalazione è {state}; l'esito si restituisce solo se è stata accettata.",
    ),
    # sheets, visits, observations
    "sheet.exists": (
        "A presentation sheet {sheet} is on the record already. Please give this one a new id.",
        "Una scheda di presentazione {sheet} è già nel registro. Usare un nuovo identificativo.",
    ),
    "sheet.unknown": (
        "The sheet {sheet} is not known. Please check its id, or have the network office publish it.",
        "La scheda {sheet} non è nota. Controllare l'identificativo o farla pubblicare dall'ufficio di rete.",
    ),
    "sheet.another-edition": (
        "Edition {edition} of the sheet {sheet} is not published (the latest: {latest}). Please name the one filled.",
        "L'edizione {edition} della scheda {sheet} non è pubblicata; l'ultima è {latest}. Indicare quella compilata.",
    ),
    "observation.more-scored-than-asked": (
        "More items are scored than the {asked} that were asked. Please count them again.",
        "Le voci valutate sono più delle {asked} richieste. Ricontrollare il conteggio.",
    ),
    # placements
    "placement.unknown": (
        "The placement {placement} is not on this record. Please check its id, or tell first that it was agreed.",
        "L'inserimento {placement} non è in questo fascicolo. Controllare l'identificativo o comunicare l'accordo.",
    ),
    "placement.exists": (
        "A placement {placement} is on the record already. Please give this one a new id.",
        "Un inserimento {placement} è già nel registro. Usare un nuovo identificativo.",
    ),
    "placement.ends-before-starts": (
        "The placement {placement} would end before it starts. Please put the days right.",
        "L'inserimento {placement} finirebbe prima di iniziare. Correggere le date.",
    ),
    "placement.ended-before-started": (
        "The placement {placement} cannot have ended before it started. Please put the days right.",
        "L'inserimento {placement} non può essere finito prima di iniziare. Correggere le date.",
    ),
    "placement.before-its-start": (
        "On that day the placement {placement} had not begun. Please put the day right.",
        "A quella data l'inserimento {placement} non era iniziato. Correggere la data.",
    ),
    "placement.after-its-end": (
        "On that day the placement {placement} was over. Please put the day right.",
        "A quella data l'inserimento {placement} era concluso. Correggere la data.",
    ),
    "placement.has-begun": (
        "The start of the placement {placement} is told already. To change it, please correct that entry.",
        "L'avvio dell'inserimento {placement} è già comunicato. Per cambiarlo, correggere quella registrazione.",
    ),
    "placement.has-ended": (
        "The end of the placement {placement} is told already. To change it, please correct that entry.",
        "La conclusione dell'inserimento {placement} è già comunicata. Per cambiarla, correggere quella registrazione.",
    ),
    "placement.cancelled": (
        "The placement {placement} was cancelled before it began. Please agree a new one, or take that back.",
        "L'inserimento {placement} è stato annullato prima dell'avvio. Concordarne uno nuovo o ritirare quell'atto.",
    ),
    "placement.resumed-before-suspended": (
        "The placement {placement} cannot have gone on before it was suspended. Please put the day right.",
        "L'inserimento {placement} non può riprendere prima della sospensione. Correggere la data.",
    ),
    "period.ends-before-starts": (
        "The period ends before it begins. Please put its days right.",
        "Il periodo finisce prima di iniziare. Correggere le date.",
    ),
    "evaluation.of-nothing": (
        "The evaluation names neither a placement nor a project. Please name what it is of.",
        "La valutazione non indica né un inserimento né un progetto. Indicare a che cosa si riferisce.",
    ),
    # meetings and tasks
    "meeting.unknown": (
        "The meeting {meeting} is not on this record. Please check its id.",
        "L'incontro {meeting} non è in questo registro. Controllare l'identificativo.",
    ),
    "meeting.exists": (
        "A meeting {meeting} is on the record already. Please move it, or give the new one an id of its own.",
        "Un incontro {meeting} è già nel registro. Spostarlo, o usare un nuovo identificativo.",
    ),
    "meeting.held": (
        "The meeting {meeting} had been held by then. Please put the date right, or correct that entry.",
        "A quella data l'incontro {meeting} si era già tenuto. Correggere la data o quella registrazione.",
    ),
    "task.unknown": (
        "The task {task} is not on this record. Please check its id.",
        "Il compito {task} non è in questo registro. Controllare l'identificativo.",
    ),
    "task.too-many": (
        "You would have so many tasks open on one record: at most {most}. Please do or drop some of them first.",
        "Avreste troppi compiti aperti in uno stesso registro: al massimo {most}. Prima svolgerne o annullarne alcuni.",
    ),
    "task.over": (
        "The task {task} is done or was dropped. It can be neither moved nor dropped any more.",
        "Il compito {task} è svolto o è stato lasciato cadere: non si può più spostare né lasciare cadere.",
    ),
    "task.not-yours": (
        "The task {task} is moved or dropped by the responsible or by who is to do it.",
        "Il compito {task} può essere spostato o lasciato cadere dal titolare o da chi lo deve svolgere.",
    ),
    # projects and proposals
    "project.unknown": (
        "The project {project} is not on this record. Please check its id.",
        "Il progetto {project} non è in questo fascicolo. Controllare l'identificativo.",
    ),
    "project.exists": (
        "A project {project} is on the record already. Please revise it, or give the new one an id of its own.",
        "Un progetto {project} è già nel registro. Rivederlo, o usare un nuovo identificativo.",
    ),
    "step.unknown": (
        "The step {step} is not in this project. Please check its id, or revise the project.",
        "L'azione {step} non è in questo progetto. Controllare l'identificativo o rivedere il progetto.",
    ),
    "step.ends-before-starts": (
        "The step {step} would end before it starts. Please put the days right.",
        "L'azione {step} finirebbe prima di iniziare. Correggere le date.",
    ),
    "proposal.unknown": (
        "The proposal {proposal} is not on this record. Please check its id.",
        "La proposta {proposal} non è in questo fascicolo. Controllare l'identificativo.",
    ),
    "proposal.exists": (
        "A proposal {proposal} is on the record already. Please give this one a new id.",
        "Una proposta {proposal} è già nel registro. Usare un nuovo identificativo.",
    ),
    "proposal.not-yours": (
        "The proposal {proposal} is another organisation's; only that one withdraws it.",
        "La proposta {proposal} è di un altro ente; può ritirarla solo chi l'ha fatta.",
    ),
    "proposal.answered": (
        "This proposal is {state} already. Please make a new one if it is to change.",
        "La proposta è già {state}. Farne una nuova per cambiare.",
    ),
    # agreements
    "agreement.unknown": (
        "No such agreement is known to you. Please check its id, or ask its parties to let you join.",
        "Nessun accordo di questo tipo vi è noto. Controllare l'identificativo o chiedere alle parti di aderire.",
    ),
    "agreement.already-proposed": (
        "This agreement is on the record already. Please amend it, or propose another under a new id.",
        "L'accordo è già nel registro. Modificarlo, o proporne un altro con un nuovo identificativo.",
    ),
    "agreement.not-a-party": (
        "The organisation {organisation} is no party to this agreement. Please let it join first.",
        "L'ente {organisation} non è parte di questo accordo. Farlo prima aderire.",
    ),
    "agreement.ends-before-begins": (
        "The agreement would end before it begins. Please put the days right.",
        "L'accordo finirebbe prima di iniziare. Correggere le date.",
    ),
    "agreement.has-ended": (
        "The end of this agreement is told already.",
        "La conclusione di questo accordo è già comunicata.",
    ),
    "agreement.ended-before-today": (
        "One party alone ends an agreement from today on. For a day before, all parties sign an amended `valid_until`.",
        "Una sola parte conclude l'accordo da oggi in poi. Per prima, modificare `valid_until`, che firmano tutte.",
    ),
    "agreement.too-many-changes": (
        "You proposed {most} changes that wait for signatures. Please withdraw one, or wait until they are signed.",
        "Avete proposto {most} modifiche che attendono firme. Ritirarne una o attendere che siano firmate.",
    ),
    "agreement.not-to-be-withdrawn": (
        "No change {change} that you proposed waits for signatures. Please check the list of agreements.",
        "Nessuna modifica {change} proposta da voi attende firme. Controllare l'elenco degli accordi.",
    ),
    "agreement.not-to-be-declined": (
        "No change {change} waits for signatures that yours is among. Please check the list of agreements.",
        "Nessuna modifica {change} attende firme tra cui la vostra. Controllare l'elenco degli accordi.",
    ),
    "obligation.not-yours": (
        "The obligation {obligation} is between others. Only those who owe it or the responsible may waive it.",
        "L'obbligo {obligation} riguarda altri enti: può rinunciarvi chi vi è tenuto o l'ente titolare.",
    ),
    "agreement.which-change": (
        "Several things wait for this signature: {changes}. Please say in `change` which of these entries it is for.",
        "Più atti attendono questa firma: {changes}. Indicare in `change` quale si firma.",
    ),
    "agreement.not-to-sign": (
        "Entry {change} does not wait for a signature of this party.",
        "L'atto {change} non attende la firma di questa parte.",
    ),
    "ask.unknown": (
        "The request for places {ask} is not on this record. Please check its id.",
        "La richiesta di posti {ask} non è in questo registro. Controllare l'identificativo.",
    ),
    "ask.exists": (
        "A request for places {ask} is on the record already. Please give this one a new id.",
        "Una richiesta di posti {ask} è già nel registro. Usare un nuovo identificativo.",
    ),
    "closure.ends-before-starts": (
        "The closure ends before it begins. Please put its days right.",
        "La chiusura finisce prima di iniziare. Correggere le date.",
    ),
    # acts about acts
    "attestation.of-another-wording": (
        "Entry {entry} says by now what entry {wording} made of it. Please read it, and name that one in `wording`.",
        "L'atto {entry} dice ora quanto risulta dall'atto {wording}. Rileggerlo e indicare quest'ultimo in `wording`.",
    ),
    "entry.unknown": (
        "There is no entry {entry} on this record. Please check its number.",
        "Non c'è una registrazione {entry} in questo fascicolo. Controllare il numero.",
    ),
    "about.too-deep": (
        "The entry {entry} speaks about an entry about an entry, {most} deep. Please speak about the first of them.",
        "La registrazione {entry} parla di un'altra che parla di un'altra, per {most} livelli. Riferirsi alla prima.",
    ),
    "entry.not-yours": (
        "The entry {entry} is another organisation's. You may contest it; only its author puts it right.",
        "La registrazione {entry} è di un altro ente. Si può contestare; la corregge solo chi l'ha scritta.",
    ),
    "entry.does-not-name-you": (
        "The entry {entry} does not name your organisation, so there is nothing for you to confirm.",
        "La registrazione {entry} non nomina il vostro ente: non c'è nulla da confermare.",
    ),
    "entry.retracted": (
        "The entry {entry} has been taken back already. Please tell the act anew.",
        "La registrazione {entry} è già stata annullata. Comunicare di nuovo l'atto.",
    ),
    "correction.of-another-type": (
        "The entry {entry} is an act of the type {type}; a correction is of the same type. To change it, take it back.",
        "La registrazione {entry} è un atto {type}; la correzione è dello stesso tipo. Per cambiarlo, annullarlo.",
    ),
    "correction.makes-impossible+hidden": (
        "With this change a later entry that you do not see would not be possible. Ask the responsible organisation.",
        "Così una registrazione successiva che non vedete non sarebbe possibile. Chiedere all'organizzazione titolare.",
    ),
    "correction.makes-impossible": (
        "With this change the later entry {version} (position {position}) would not be possible. Put that right first.",
        "Così la registrazione {version} (posizione {position}) non sarebbe possibile. Correggere prima quella.",
    ),
}
"""Code of a refusal → its sentence in each language."""

NOTICES: Final[Mapping[str, tuple[str, str]]] = {
    "claim.waits": (
        "It is a claim: it has no effect until the organisation whose word it is attests it.",
        "È una dichiarazione: non ha effetto finché l'ente di cui è la parola non la conferma.",
    ),
    "person.may-be-known": (
        "Another organisation may know this person: ask the person.",
        "Un'altra organizzazione forse conosce questa persona: chiedere alla persona.",
    ),
    "person.not-looked-up": (
        "Recorded, but not looked up whether another organisation may know this person: too many were told today.",
        "Registrato, ma oggi le persone comunicate sono troppe: non si è cercato se altri forse conoscono questa.",
    ),
}
"""What an answer or a view adds to what is on the record."""

_OTHER_FIELD: Final = (
    "The field has not the form that is asked for.",
    "Il campo non ha la forma richiesta.",
)

_TEXT = ("Text is asked for.", "È richiesto un testo.")
_LIST = ("A list is asked for.", "È richiesto un elenco.")
_NUMBER = ("A whole number is asked for.", "È richiesto un numero intero.")
_ANY_NUMBER = ("A number is asked for, such as 2.5.", "È richiesto un numero, come 2.5.")
_SMALL = ("The number is too small.", "Il numero è troppo piccolo.")
_DATE = ("A date is asked for, such as 2026-03-02.", "È richiesta una data, come 2026-03-02.")
_TIME = (
    "A time with its zone is asked for, such as 2026-03-02T12:00:00+01:00.",
    "È richiesto un momento con il fuso, come 2026-03-02T12:00:00+01:00.",
)
_UUID = ("An id (UUID) is asked for.", "È richiesto un identificativo (UUID).")
_YES_NO = ("Yes or no (true, false) is asked for.", "È richiesto sì o no (true, false).")
_LARGE = ("The number is too large.", "Il numero è troppo grande.")
_OBJECT = ("A group of named fields is asked for.", "È richiesto un gruppo di campi con nome.")

FIELDS: Final[Mapping[str, tuple[str, str]]] = {
    "day.beyond-horizon": (
        "The day is too far away: a day at most ten years from today can be asked for.",
        "La data è troppo lontana: si può chiedere una data entro dieci anni da oggi.",
    ),
    "day.out-of-reach": (
        "The day is too far away: it may lie between 1900 and ten years from today.",
        "La data è troppo lontana: può andare dal 1900 a dieci anni da oggi.",
    ),
    "field.missing": ("The field is missing.", "Il campo manca."),
    "field.unknown": ("There is no field of this name.", "Non esiste un campo con questo nome."),
    "field.unknown+nearest": (
        "There is no field of this name. Did you mean {nearest}?",
        "Non esiste un campo con questo nome. Si intendeva {nearest}?",
    ),
    "field.string-type": _TEXT,
    "field.string-unicode": _TEXT,
    "field.string-too-long": ("The text is too long.", "Il testo è troppo lungo."),
    "field.string-too-short": ("The text is too short.", "Il testo è troppo breve."),
    "field.string-pattern-mismatch": (
        "An id or a code is asked for: small letters, digits and hyphens.",
        "È richiesto un identificativo o un codice: lettere minuscole, cifre e trattini.",
    ),
    "field.hidden-character": (
        "The text has a character that is not seen: a control character, or one that turns the direction of words.",
        "Il testo ha un carattere che non si vede: di controllo, o che inverte il verso delle parole.",
    ),
    "field.not-a-cursor": (
        "A cursor is what the page before ended with as `next`. Leave it out to begin at the first page.",
        "Il cursore è quello che la pagina precedente ha dato come `next`. Ometterlo per iniziare dalla prima.",
    ),
    "field.blank": ("A name is asked for, not only spaces.", "È richiesto un nome, non solo spazi."),
    "field.twice": (
        "The field stands twice: which one counts is not known. Please send it once.",
        "Il campo è indicato due volte: non si sa quale valga. Inviarlo una volta sola.",
    ),
    "field.literal-error": (
        "Only certain words are possible here; the list of acts and /openapi.json tell them.",
        "Qui sono possibili solo alcune parole: sono nell'elenco degli atti e in /openapi.json.",
    ),
    "field.tuple-type": _LIST,
    "field.list-type": _LIST,
    "field.too-long": ("The list is too long.", "L'elenco è troppo lungo."),
    "field.too-short": ("The list is too short.", "L'elenco è troppo breve."),
    "field.int-type": _NUMBER,
    "field.int-parsing": _NUMBER,
    "field.int-parsing-size": _LARGE,
    "field.int-from-float": _NUMBER,
    "field.float-type": _ANY_NUMBER,
    "field.float-parsing": _ANY_NUMBER,
    "field.finite-number": _ANY_NUMBER,
    "field.greater-than": _SMALL,
    "field.greater-than-equal": _SMALL,
    "field.less-than": _LARGE,
    "field.less-than-equal": _LARGE,
    "field.bool-type": _YES_NO,
    "field.bool-parsing": _YES_NO,
    "field.date-type": _DATE,
    "field.date-parsing": _DATE,
    "field.date-from-datetime-parsing": _DATE,
    "field.date-from-datetime-inexact": _DATE,
    "field.datetime-type": _TIME,
    "field.datetime-parsing": _TIME,
    "field.datetime-from-date-parsing": _TIME,
    "field.datetime-object-invalid": _TIME,
    "field.timezone-aware": _TIME,
    "field.timezone-naive": _TIME,
    "field.timezone-offset": _TIME,
    "field.uuid-type": _UUID,
    "field.uuid-parsing": _UUID,
    "field.uuid-version": _UUID,
    "field.model-type": _OBJECT,
    "field.model-attributes-type": _OBJECT,
    "field.dict-type": _OBJECT,
    "form.not-an-object": _OBJECT,
    "id.not-a-uuid": (
        "An id is asked for: a UUID of version 4 or 7.",
        "È richiesto un identificativo: un UUID di versione 4 o 7.",
    ),
    "id.not-an-organisation": (
        "The id of an organisation is asked for, as the directory has it.",
        "È richiesto l'identificativo di un ente, come nell'elenco degli enti.",
    ),
    "act.unknown": ("There is no act of this name.", "Non esiste un atto con questo nome."),
    "organisation.unknown": (
        "There is no organisation of this id on the record.",
        "Nel registro non c'è un ente con questo identificativo.",
    ),
    "code.unknown": ("The code is not on the published list.", "Il codice non è nell'elenco pubblicato."),
    "subject.differs": (
        "The address of the message says something else.",
        "L'indirizzo del messaggio dice altro.",
    ),
    "birth.after-the-act": (
        "Nobody is born after what is told of them: please check the date of birth and when it happened.",
        "Nessuno nasce dopo ciò che se ne racconta: verificare la data di nascita e quella del fatto.",
    ),
    "evidence.needed-on-behalf": (
        "What is told for another organisation needs its evidence: phone, e-mail, paper or other-system.",
        "Ciò che si comunica per un altro ente richiede la prova: phone, e-mail, paper o other-system.",
    ),
    "correction.about-an-act": (
        "An act about another act is not corrected: take it back and tell it anew.",
        "Un atto su un altro atto non si corregge: annullarlo e comunicarlo di nuovo.",
    ),
    "time.unreadable": (
        "A time is asked for, such as 2026-03-02T12:00:00+01:00, 2026-03-02, 2026-03 or 2026.",
        "È richiesto un momento, come 2026-03-02T12:00:00+01:00, 2026-03-02, 2026-03 o 2026.",
    ),
    "time.without-zone": (
        "The time has no zone. Please add it, such as +01:00 or Z, or tell the day alone.",
        "L'ora è senza fuso. Aggiungerlo, come +01:00 o Z, o indicare solo il giorno.",
    ),
    "time.finer-than-told": (
        "The precision is finer than the time that is told.",
        "La precisione è più fine del momento indicato.",
    ),
}
"""Code of a field's fault → what is wrong with it in each language."""
