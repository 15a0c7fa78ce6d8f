//! The names of months and weekdays, in the languages that feeds are written in.

/// What a word of a date names.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Named {
    /// A month, from 1.
    Month(u32),
    /// A weekday: it says nothing that the date doesn't.
    Weekday,
    /// A month, or a weekday of another language: `mar` is March, mardi, martes and martedì.
    Either(u32),
}

/// The beginnings of each month's names, without accents: en de fr es it pt nl sv da nb fi pl cs ru uk tr ro hu id el.
const MONTHS: [&[&str]; 12] = [
    &[
        "jan", "ene", "gen", "led", "sty", "tammi", "oca", "ian", "янв", "січ", "ιαν",
    ],
    &[
        "feb", "fev", "uno", "lut", "helmi", "sub", "фев", "лют", "φεβ",
    ],
    &[
        "mar", "mae", "mrt", "mrz", "maart", "maalis", "bre", "мар", "бер", "μαρ",
    ],
    &[
        "apr", "abr", "avr", "dub", "kwi", "huhti", "nis", "апр", "кві", "απρ",
    ],
    &[
        "may", "mai", "mag", "mei", "maj", "kve", "touko", "май", "мая", "маи", "тра", "μαι",
    ],
    &[
        "jun", "juin", "giu", "cervn", "cerven", "cvn", "cze", "kesak", "haz", "iun", "июн", "чер",
        "ιουν",
    ],
    &[
        "jul", "juil", "lug", "lip", "cervenc", "cervenec", "cvc", "heina", "tem", "iul", "июл",
        "лип", "ιουλ",
    ],
    &[
        "aug", "ago", "aou", "srp", "sie", "eloku", "agu", "авг", "сер", "αυγ",
    ],
    &[
        "sep", "set", "zar", "wrz", "syys", "eyl", "szep", "сен", "вер", "σεπ",
    ],
    &[
        "oct", "okt", "out", "ott", "rij", "paz", "loka", "eki", "окт", "жов", "οκτ",
    ],
    &["nov", "lis", "marras", "kas", "noi", "ноя", "лис", "νοε"],
    &[
        "dec", "dez", "dic", "des", "pro", "gru", "joulu", "ara", "дек", "гру", "δεκ",
    ],
];

/// Short names of Finnish months that are no beginning of another language's names.
const WHOLE: [(&str, u32); 3] = [("kesa", 6), ("elo", 8), ("maa", 3)];

/// The beginnings of weekdays' names that begin like a month's.
const WEEKDAYS: &[&str] = &[
    "mardi",
    "marte",
    "maand",
    "maanan",
    "середа",
    "середу",
    "pazar",
    "продол",
];

/// Words that are a month in one language and a weekday in another.
const EITHER: &[&str] = &["mar", "сер", "paz"];

/// What a word names; `None` for any other word.
pub(super) fn of(word: &str) -> Option<Named> {
    let word = folded(word.trim_matches(['.', ',']));
    if word.chars().count() < 3 {
        return None;
    }
    if word == "marti" || WEEKDAYS.iter().any(|name| word.starts_with(name)) {
        return Some(Named::Weekday);
    }
    let whole = WHOLE.iter().find(|(name, _)| *name == word);
    // The longest beginning wins: `marras` is November, `cervenec` July.
    let begun = (1..).zip(MONTHS).flat_map(|(month, names)| {
        names
            .iter()
            .filter(|name| word.starts_with(**name))
            .map(move |name| (name.len(), month))
    });
    let month = whole
        .map(|(_, month)| *month)
        .or_else(|| Some(begun.max()?.1))?;
    if EITHER.contains(&word.as_str()) {
        return Some(Named::Either(month));
    }
    Some(Named::Month(month))
}

/// The word in lower case and without its accents.
fn folded(word: &str) -> String {
    let lower = word.chars().flat_map(char::to_lowercase);
    let bare = lower.filter_map(|c| {
        Some(match c {
            'à' | 'á' | 'â' | 'ã' | 'å' => 'a',
            'ä' => 'a',
            'ç' | 'č' | 'ć' => 'c',
            'è' | 'é' | 'ê' | 'ë' | 'ě' | 'ę' => 'e',
            'ğ' => 'g',
            'ì' | 'í' | 'î' | 'ï' | 'ı' => 'i',
            'ñ' | 'ň' | 'ń' => 'n',
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => 'o',
            'ř' => 'r',
            'š' | 'ś' | 'ş' | 'ș' => 's',
            'ť' => 't',
            'ù' | 'ú' | 'û' | 'ü' | 'ů' | 'ű' => 'u',
            'ý' => 'y',
            'ž' | 'ź' | 'ż' => 'z',
            'й' => 'и',
            'ά' => 'α',
            'ί' | 'ϊ' | 'ΐ' => 'ι',
            'ό' => 'ο',
            'ύ' | 'ϋ' => 'υ',
            'έ' => 'ε',
            // What `İ` leaves in lower case, and accents written by themselves.
            '\u{300}'..='\u{36f}' => return None,
            other => other,
        })
    });
    bare.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_twelve() {
        let languages = [
            "January February March April May June July August September October November December",
            "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
            "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
            "janv févr mars avr mai juin juil août sept oct nov déc",
            "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
            "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
            "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
            "januari februari maart april mei juni juli augustus september oktober november december",
            "jan feb mrt apr mei jun jul aug sep okt nov dec",
            "januari februari mars april maj juni juli augusti september oktober november december",
            "januar februar marts april maj juni juli august september oktober november december",
            "januar februar mars april mai juni juli august september oktober november desember",
            "tammikuuta helmikuuta maaliskuuta huhtikuuta toukokuuta kesäkuuta heinäkuuta elokuuta syyskuuta lokakuuta marraskuuta joulukuuta",
            "tammi helmi maalis huhti touko kesä heinä elo syys loka marras joulu",
            "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia",
            "sty lut marzec kwi maj cze lip sie wrz październik lis gru",
            "ledna února března dubna května června července srpna září října listopadu prosince",
            "leden únor březen duben květen červen červenec srpen září říjen listopad prosinec",
            "led úno bře dub kvě čvn čvc srp zář říj lis pro",
            "января февраля марта апреля мая июня июля августа сентября октября ноября декабря",
            "янв фев март апр май июн июл авг сен окт ноя дек",
            "січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня",
            "січень лютий березень квітень травень червень липень серпень вересень жовтень листопад грудень",
            "Ocak Şubat Mart Nisan Mayıs Haziran Temmuz Ağustos Eylül Ekim Kasım Aralık",
            "OCA ŞUB MART NİS MAY HAZ TEM AĞU EYL EKİ KAS ARA",
        ];
        for language in languages {
            let months: Vec<_> = language.split(' ').map(|word| (word, of(word))).collect();
            let wanted: Vec<_> = (1..=12).map(|month| Some(Named::Month(month))).collect();
            let found: Vec<_> = months.iter().map(|(_, month)| *month).collect();
            assert_eq!(found, wanted, "{months:?}");
        }
    }

    #[test]
    fn no_weekday_is_a_month() {
        let weekdays = "Monday Tuesday Wednesday Thursday Friday Saturday Sunday \
            Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonnabend Sonntag \
            lundi mardi mercredi jeudi vendredi samedi dimanche lun mer jeu ven sam dim \
            lunes martes miércoles jueves viernes sábado domingo mié jue vie sáb dom \
            lunedì martedì mercoledì giovedì venerdì sabato domenica gio sab \
            segunda terça quarta quinta sexta sábado domingo seg ter qua qui sex \
            maandag dinsdag woensdag donderdag vrijdag zaterdag zondag \
            måndag tisdag onsdag torsdag fredag lördag söndag mandag tirsdag lørdag søndag \
            maanantai tiistai keskiviikko torstai perjantai lauantai sunnuntai \
            poniedziałek wtorek środa czwartek piątek sobota niedziela \
            pondělí úterý středa čtvrtek pátek sobota neděle \
            понедельник вторник среда четверг пятница суббота воскресенье \
            понеділок вівторок середа четвер п’ятниця субота неділя \
            Pazartesi Salı Çarşamba Perşembe Cuma Cumartesi Pazar Pzt Sal Çar Per Cum Cmt";
        for weekday in weekdays.split_whitespace() {
            let found = of(weekday);
            assert!(
                matches!(found, None | Some(Named::Weekday)),
                "{weekday}: {found:?}"
            );
        }
        assert_eq!(of("mar."), Some(Named::Either(3)));
    }
}
