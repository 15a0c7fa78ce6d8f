# Ages, spans, dates and counts.
age-now = now
age-minutes = { $n } min
age-hours = { $n } h
age-days = { $n } d

count-article =
    { $n ->
        [one] { $n } article
       *[other] { $n } articles
    }
count-new-article =
    { $n ->
        [one] { $n } new article
       *[other] { $n } new articles
    }
count-newest-article =
    { $n ->
        [one] { $n } newest article
       *[other] { $n } newest articles
    }
count-read =
    { $n ->
        [one] { $n } read
       *[other] { $n } reads
    }
count-feed =
    { $n ->
        [one] { $n } feed
       *[other] { $n } feeds
    }
count-folder =
    { $n ->
        [one] { $n } folder
       *[other] { $n } folders
    }
count-reader =
    { $n ->
        [one] { $n } reader
       *[other] { $n } readers
    }
count-line =
    { $n ->
        [one] { $n } line
       *[other] { $n } lines
    }
count-file =
    { $n ->
        [one] { $n } file
       *[other] { $n } files
    }
count-star =
    { $n ->
        [one] { $n } star
       *[other] { $n } stars
    }
count-time =
    { $n ->
        [one] { $n } time
       *[other] { $n } times
    }
count-minute =
    { $n ->
        [one] { $n } minute
       *[other] { $n } minutes
    }
count-hour =
    { $n ->
        [one] { $n } hour
       *[other] { $n } hours
    }
count-day =
    { $n ->
        [one] { $n } day
       *[other] { $n } days
    }
count-week =
    { $n ->
        [one] { $n } week
       *[other] { $n } weeks
    }
count-month =
    { $n ->
        [one] { $n } month
       *[other] { $n } months
    }
count-year =
    { $n ->
        [one] { $n } year
       *[other] { $n } years
    }
about-a-day = about a day
about-span = about { $span }
every-minutes = about every { $n } min
every-hours =
    { $n ->
        [one] about every hour
       *[other] about every { $n } hours
    }
every-day = about every day
every-day-or-two = every 1–2 days
every-days =
    { $n ->
        [one] about every day
       *[other] about every { $n } days
    }
every-weeks =
    { $n ->
        [one] about every week
       *[other] about every { $n } weeks
    }
every-months =
    { $n ->
        [one] about every month
       *[other] about every { $n } months
    }

length-minutes = { $minutes } min
length-hours = { $hours } h
length-both = { $hours } h { $minutes } min

date-month-1 = January
date-month-2 = February
date-month-3 = March
date-month-4 = April
date-month-5 = May
date-month-6 = June
date-month-7 = July
date-month-8 = August
date-month-9 = September
date-month-10 = October
date-month-11 = November
date-month-12 = December
date-short-1 = Jan
date-short-2 = Feb
date-short-3 = Mar
date-short-4 = Apr
date-short-5 = May
date-short-6 = Jun
date-short-7 = Jul
date-short-8 = Aug
date-short-9 = Sep
date-short-10 = Oct
date-short-11 = Nov
date-short-12 = Dec
date-weekday-1 = Monday
date-weekday-2 = Tuesday
date-weekday-3 = Wednesday
date-weekday-4 = Thursday
date-weekday-5 = Friday
date-weekday-6 = Saturday
date-weekday-7 = Sunday
date-full = { $weekday } { $day } { $month } { $year }, { $time }
date-date = { $day } { $month } { $year }
date-day = { $weekday } { $day } { $month }
date-day-of-month = { $day } { $month }
date-day-and-time = { $day } { $month }, { $time }
