"""What is written in words, all of it invented."""

NEEDS = (
    "Cerca un ambiente tranquillo, mattina, raggiungibile in autobus.",
    "Ha lavorato in cucina, vorrebbe riprendere con orario ridotto.",
    "Primo inserimento dopo un lungo periodo senza lavoro.",
    "Preferisce lavori manuali e un tutor sempre presente.",
    "Può lavorare fino a 20 ore la settimana, non nel fine settimana.",
)
PROFILES = (
    "Esperienza di magazzino, puntuale, patente B.",
    "Ha seguito un corso di pulizie, lavora bene da solo.",
    "Buona manualità, impara guardando.",
    "Sa usare il computer, preferisce compiti ripetitivi.",
)
WISHES = ("Lavorare con altre persone.", "Un lavoro all'aperto.", "Imparare un mestiere.", "Orari fissi.")
LIMITS = ("Non può sollevare pesi.", "Evitare turni di notte.", "Pause frequenti.", "Evitare ambienti rumorosi.")
VIEWS = ("Il posto piace.", "È un po' lontano, ma va bene.", "I colleghi sono stati gentili.", "Ha molte domande.")
CONTACTS = (
    "Tutto procede bene.",
    "Qualche ritardo, se ne riparla all'incontro.",
    "Ha chiesto di cambiare turno.",
    "Chiamata di aggiornamento con il tutor.",
    "È contento dei compiti nuovi.",
)
OUTCOMES = (
    "Buon inizio, si continua così.",
    "Si rivedono gli orari, il resto va bene.",
    "Serve più affiancamento nelle prime ore.",
    "Autonomo nei compiti, da rafforzare la puntualità.",
)
TASKS = ("Procurare le scarpe di sicurezza.", "Rivedere l'orario.", "Parlare con il tutor.", "Preparare l'attestato.")
GOALS = ("Un lavoro stabile.", "Riprendere il ritmo di una giornata di lavoro.", "Lavorare in autonomia.")
QUESTIONS = ("Quali orari sono possibili?", "Serve un accompagnamento il primo giorno?", "Ha già un medico?")
REPLIES = ("Solo la mattina.", "Sì, viene il tutor.", "Sì, è seguito con regolarità.")
DECLINED = ("Nessun posto prima di maggio.", "Il lavoro richiede di sollevare pesi.", "Non c'è un tutor libero.")
CHANGES = ("Più ore nel pomeriggio.", "Passare al reparto etichette.", "Un giorno in meno la settimana.")
OBSERVED = ("Sempre puntuale.", "Lavora con cura, lento ma preciso.", "Chiede aiuto quando serve.", "Si stanca presto.")
EVALUATED = {
    "reached": "Un buon percorso, obiettivi raggiunti.",
    "in-part": "Percorso utile, restano difficoltà.",
    "not-reached": "Non ha trovato il suo ritmo; si cerca un'altra strada.",
}
FOLLOWED = ("Sta bene e lavora ancora.", "Cerca un nuovo lavoro.", "Non ha risposto.", "Ha cambiato lavoro.")
INCIDENTS = ("Un cartone è caduto, nessun ferito.", "Piccolo taglio a un dito, medicato sul posto.")
CONTESTED = ("Eravamo presenti, l'incontro è iniziato in ritardo.", "Gli incontri sono stati due.")
HOW = "Due visite prima di ogni inserimento, verifica a venti giorni e poi ogni due mesi."
AIMS = "Lavoro per chi ne è fuori da molto tempo."
