# Ages, spans, dates and counts.
age-now = jetzt
age-minutes = { $n } min
age-hours = { $n } h
age-days = { $n } Tg.

count-article =
    { $n ->
        [one] { $n } Artikel
       *[other] { $n } Artikel
    }
count-new-article =
    { $n ->
        [one] { $n } neuer Artikel
       *[other] { $n } neue Artikel
    }
count-newest-article =
    { $n ->
        [one] { $n } neuester Artikel
       *[other] { $n } neueste Artikel
    }
count-read =
    { $n ->
        [one] { $n } Lesezugriff
       *[other] { $n } Lesezugriffe
    }
count-feed =
    { $n ->
        [one] { $n } Feed
       *[other] { $n } Feeds
    }
count-folder =
    { $n ->
        [one] { $n } Ordner
       *[other] { $n } Ordner
    }
count-reader =
    { $n ->
        [one] { $n } lesende Person
       *[other] { $n } Lesende
    }
count-line =
    { $n ->
        [one] { $n } Zeile
       *[other] { $n } Zeilen
    }
count-file =
    { $n ->
        [one] { $n } Datei
       *[other] { $n } Dateien
    }
count-star =
    { $n ->
        [one] { $n } gemerkter Artikel
       *[other] { $n } gemerkte Artikel
    }
count-time =
    { $n ->
        [one] { $n } Mal
       *[other] { $n } Mal
    }
count-minute =
    { $n ->
        [one] { $n } Minute
       *[other] { $n } Minuten
    }
count-hour =
    { $n ->
        [one] { $n } Stunde
       *[other] { $n } Stunden
    }
count-day =
    { $n ->
        [one] { $n } Tag
       *[other] { $n } Tage
    }
count-week =
    { $n ->
        [one] { $n } Woche
       *[other] { $n } Wochen
    }
count-month =
    { $n ->
        [one] { $n } Monat
       *[other] { $n } Monate
    }
count-year =
    { $n ->
        [one] { $n } Jahr
       *[other] { $n } Jahre
    }
about-a-day = etwa 1 Tag
about-span = etwa { $span }
every-minutes = etwa alle { $n } min
every-hours =
    { $n ->
        [one] etwa stündlich
       *[other] etwa alle { $n } Stunden
    }
every-day = etwa täglich
every-day-or-two = alle 1–2 Tage
every-days =
    { $n ->
        [one] etwa täglich
       *[other] etwa alle { $n } Tage
    }
every-weeks =
    { $n ->
        [one] etwa wöchentlich
       *[other] etwa alle { $n } Wochen
    }
every-months =
    { $n ->
        [one] etwa monatlich
       *[other] etwa alle { $n } Monate
    }

length-minutes = { $minutes } min
length-hours = { $hours } h
length-both = { $hours } h { $minutes } min

date-month-1 = Januar
date-month-2 = Februar
date-month-3 = März
date-month-4 = April
date-month-5 = Mai
date-month-6 = Juni
date-month-7 = Juli
date-month-8 = August
date-month-9 = September
date-month-10 = Oktober
date-month-11 = November
date-month-12 = Dezember
date-short-1 = Jan.
date-short-2 = Feb.
date-short-3 = März
date-short-4 = Apr.
date-short-5 = Mai
date-short-6 = Juni
date-short-7 = Juli
date-short-8 = Aug.
date-short-9 = Sept.
date-short-10 = Okt.
date-short-11 = Nov.
date-short-12 = Dez.
date-weekday-1 = Montag
date-weekday-2 = Dienstag
date-weekday-3 = Mittwoch
date-weekday-4 = Donnerstag
date-weekday-5 = Freitag
date-weekday-6 = Samstag
date-weekday-7 = Sonntag
date-full = { $weekday }, { $day }. { $month } { $year }, { $time }
date-date = { $day }. { $month } { $year }
date-day = { $weekday }, { $day }. { $month }
date-day-of-month = { $day }. { $month }
date-day-and-time = { $day }. { $month }, { $time }
