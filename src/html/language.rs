//! The language of a text, and how many words it has.

use std::sync::LazyLock;

use whatlang::{Detector, Info, Lang, detect};

/// Bytes of a text that are looked at: more tells nothing new.
const LOOK_BYTES: usize = 1_000;
/// Shortest text whose language can be told, in bytes.
const MIN_BYTES: usize = 100;

/// Languages of the Latin alphabet that are taken for each other, or whose texts quote each other. Comparing a text with all
/// forty takes a third of all work on a new article; and of one feed, each is in the language of the one before as a rule.
const NEAR: [&[Lang]; 2] = [
    &[
        Lang::Eng,
        Lang::Deu,
        Lang::Nld,
        Lang::Afr,
        Lang::Dan,
        Lang::Nob,
        Lang::Swe,
        Lang::Fra,
        Lang::Lat,
    ],
    &[
        Lang::Fra,
        Lang::Spa,
        Lang::Por,
        Lang::Cat,
        Lang::Ita,
        Lang::Ron,
        Lang::Lat,
        Lang::Epo,
        Lang::Eng,
    ],
];

/// Tells one group's languages from each other.
static DETECTORS: LazyLock<[Detector; 2]> =
    LazyLock::new(|| NEAR.map(|near| Detector::with_allowlist(near.to_vec())));

/// Tells the languages of one feed's articles.
#[derive(Debug, Default)]
pub struct Ear {
    /// The last article's.
    last: Option<Lang>,
}

impl Ear {
    /// The language of a text, as two letters where there are two (ISO 639-1): as its words tell, otherwise as `declared`
    /// (BCP 47).
    ///
    /// The words come first: half the blogs declare the language that their program was installed with.
    pub fn language(&mut self, text: &str, declared: Option<&str>) -> Option<String> {
        let start = &text[..text.floor_char_boundary(LOOK_BYTES)];
        let found = Some(start)
            .filter(|start| start.len() >= MIN_BYTES)
            .and_then(|start| self.heard(start).or_else(|| detect(start)))
            .filter(Info::is_reliable);
        if let Some(info) = &found {
            self.last = Some(info.lang());
        }
        let told = found.map(|info| code(info.lang()).to_owned());
        told.or_else(|| {
            let primary = declared?.split(['-', '_']).next()?.to_ascii_lowercase();
            let is_code = (2..=3).contains(&primary.len())
                && primary.bytes().all(|b| b.is_ascii_alphabetic());
            is_code.then_some(primary)
        })
    }

    /// The last article's language again, if this text is surely in that and not in one that is near to it.
    fn heard(&self, text: &str) -> Option<Info> {
        let last = self.last?;
        let group = match last {
            Lang::Eng | Lang::Deu => 0,
            Lang::Fra | Lang::Spa => 1,
            _ => return None,
        };
        let found = DETECTORS[group].detect(text)?;
        (found.lang() == last && found.is_reliable()).then_some(found)
    }
}

/// Shortest text of which a guess is worth anything, in bytes.
const LIKELY_BYTES: usize = 40;

/// The language that a text is most likely in, of the European ones whose words have forms, as two letters: for the words' sake
/// a guess is better than none.
pub fn likely(text: &str) -> Option<&'static str> {
    static DETECTOR: std::sync::LazyLock<Detector> = std::sync::LazyLock::new(|| {
        Detector::with_allowlist(vec![
            Lang::Eng,
            Lang::Deu,
            Lang::Fra,
            Lang::Spa,
            Lang::Ita,
            Lang::Por,
            Lang::Nld,
            Lang::Swe,
            Lang::Dan,
            Lang::Nob,
            Lang::Fin,
            Lang::Hun,
            Lang::Ron,
            Lang::Rus,
            Lang::Tur,
        ])
    });
    let start = &text[..text.floor_char_boundary(LOOK_BYTES)];
    if start.len() < LIKELY_BYTES {
        return None;
    }
    DETECTOR.detect(start).map(|info| code(info.lang()))
}

/// The languages of two letters (ISO 639-1).
const CODES: &str = "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee el en eo \
    es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn \
    ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl \
    ps pt qu rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve \
    vi vo wa wo xh yi yo za zh zu";
/// Some of three letters (ISO 639-3), in which there are blogs.
const LONGER: &str = "ast ceb chr ckb cmn dsb fil fur gsw hak haw hsb hmn kab kok krl ksh lad ltg mai mni nan nap nds pap pes pms rup sah sco sat smn srp \
    szl tet tgl tok vec vro wuu yue";

/// Whether this is the code of a language that a text may be in.
pub fn is_code(code: &str) -> bool {
    let mut known = CODES.split_whitespace().chain(LONGER.split_whitespace());
    known.any(|known| known == code)
}

/// How many words a plain text has. In scripts without spaces, two characters count as a word.
pub fn words(text: &str) -> u32 {
    let (mut words, mut dense, mut in_word) = (0_u32, 0_u32, false);
    for character in text.chars() {
        if is_dense(character) {
            dense += 1;
            in_word = false;
        } else if character.is_alphanumeric() {
            words += u32::from(!in_word);
            in_word = true;
        } else if !matches!(character, '\'' | '’' | '-') {
            in_word = false;
        }
    }
    words + dense.div_ceil(2)
}

/// Characters of scripts that are written without spaces: Chinese, Japanese and Thai.
fn is_dense(c: char) -> bool {
    matches!(c, '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{e00}'..='\u{e7f}'
        | '\u{20000}'..='\u{2fa1f}')
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Rus => "ru",
        Lang::Cmn => "zh",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Ita => "it",
        Lang::Ben => "bn",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ukr => "uk",
        Lang::Kat => "ka",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Jpn => "ja",
        Lang::Heb => "he",
        Lang::Yid => "yi",
        Lang::Pol => "pl",
        Lang::Amh => "am",
        Lang::Jav => "jv",
        Lang::Kor => "ko",
        Lang::Nob => "nb",
        Lang::Dan => "da",
        Lang::Swe => "sv",
        Lang::Fin => "fi",
        Lang::Tur => "tr",
        Lang::Nld => "nl",
        Lang::Hun => "hu",
        Lang::Ces => "cs",
        Lang::Ell => "el",
        Lang::Bul => "bg",
        Lang::Bel => "be",
        Lang::Mar => "mr",
        Lang::Kan => "kn",
        Lang::Ron => "ro",
        Lang::Slv => "sl",
        Lang::Hrv => "hr",
        Lang::Srp => "sr",
        Lang::Mkd => "mk",
        Lang::Lit => "lt",
        Lang::Lav => "lv",
        Lang::Est => "et",
        Lang::Tam => "ta",
        Lang::Vie => "vi",
        Lang::Urd => "ur",
        Lang::Tha => "th",
        Lang::Guj => "gu",
        Lang::Uzb => "uz",
        Lang::Pan => "pa",
        Lang::Aze => "az",
        Lang::Ind => "id",
        Lang::Tel => "te",
        Lang::Pes => "fa",
        Lang::Mal => "ml",
        Lang::Ori => "or",
        Lang::Mya => "my",
        Lang::Nep => "ne",
        Lang::Sin => "si",
        Lang::Khm => "km",
        Lang::Tuk => "tk",
        Lang::Aka => "ak",
        Lang::Zul => "zu",
        Lang::Sna => "sn",
        Lang::Afr => "af",
        Lang::Lat => "la",
        Lang::Slk => "sk",
        Lang::Cat => "ca",
        Lang::Tgl => "tl",
        Lang::Hye => "hy",
        other => other.code(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_words_tell_before_the_label() {
        let german = "Der schnelle braune Fuchs springt über den faulen Hund, und niemand im ganzen Dorf hat es an diesem \
            Morgen gesehen, weil alle noch schliefen.";
        let japanese = "昨日の夜、村の人々はみんな眠っていたので、誰もその小さな狐を見ませんでした。朝になると、雪の上に足跡だけが残っていました。";
        assert_eq!(
            Ear::default().language(german, Some("en-US")).as_deref(),
            Some("de")
        );
        let of = |text, declared| Ear::default().language(text, declared);
        assert_eq!(of(japanese, None).as_deref(), Some("ja"));
        assert_eq!(of("Hallo", Some("de-AT")).as_deref(), Some("de"));
        assert_eq!(of("Hallo", Some("x")), None);
        assert_eq!(of("", None), None);
    }

    /// One article each in the languages of the Latin alphabet that are told apart, and some others.
    const ARTICLES: [&str; 27] = [
        "The council met on Tuesday evening to talk about the old bridge, which has been closed to cars since the spring floods and will now be repaired.",
        "Der Stadtrat traf sich am Dienstagabend, um über die alte Brücke zu sprechen, die seit der Flut im Frühling für Autos gesperrt ist und nun repariert wird.",
        "Le conseil municipal s’est réuni mardi soir pour parler du vieux pont, qui est fermé aux voitures depuis les inondations du printemps et sera réparé.",
        "El ayuntamiento se reunió el martes por la tarde para hablar del viejo puente, que está cerrado a los coches desde las inundaciones de la primavera.",
        "A câmara municipal reuniu-se na terça-feira à noite para falar da velha ponte, que está fechada aos carros desde as cheias da primavera e será reparada.",
        "Il consiglio comunale si è riunito martedì sera per parlare del vecchio ponte, che è chiuso alle automobili dalle alluvioni di primavera e sarà riparato.",
        "L’ajuntament es va reunir dimarts al vespre per parlar del vell pont, que està tancat als cotxes des de les inundacions de la primavera i serà reparat.",
        "Consiliul local s-a întâlnit marți seara pentru a vorbi despre podul vechi, care este închis pentru mașini de la inundațiile din primăvară și va fi reparat.",
        "De gemeenteraad kwam dinsdagavond bijeen om te praten over de oude brug, die sinds de overstromingen van dit voorjaar gesloten is voor auto’s.",
        "Die stadsraad het Dinsdagaand vergader om oor die ou brug te praat, wat sedert die vloede van die lente vir motors gesluit is en nou herstel sal word.",
        "Byrådet mødtes tirsdag aften for at tale om den gamle bro, som har været lukket for biler siden forårets oversvømmelser og nu skal repareres.",
        "Kommunestyret møttes tirsdag kveld for å snakke om den gamle broen, som har vært stengt for biler siden vårens flom og som nå skal bli reparert.",
        "Kommunfullmäktige möttes på tisdagskvällen för att tala om den gamla bron, som har varit stängd för bilar sedan vårens översvämningar och nu ska lagas.",
        "Kaupunginvaltuusto kokoontui tiistai-iltana puhumaan vanhasta sillasta, joka on ollut suljettuna autoilta kevään tulvien jälkeen ja joka nyt korjataan.",
        "Rada miasta zebrała się we wtorek wieczorem, aby porozmawiać o starym moście, który od wiosennej powodzi jest zamknięty dla samochodów i będzie naprawiony.",
        "Městská rada se sešla v úterý večer, aby mluvila o starém mostě, který je od jarních povodní uzavřen pro auta a nyní bude konečně opraven.",
        "A városi tanács kedden este ült össze, hogy a régi hídról beszéljen, amely a tavaszi árvíz óta zárva van az autók elől, és amelyet most megjavítanak.",
        "Belediye meclisi salı akşamı, ilkbahardaki sellerden beri arabalara kapalı olan ve şimdi onarılacak olan eski köprü hakkında konuşmak için toplandı.",
        "Dewan kota bertemu pada hari Selasa malam untuk membicarakan jembatan tua yang ditutup untuk mobil sejak banjir musim semi dan sekarang akan diperbaiki.",
        "Hội đồng thành phố đã họp vào tối thứ Ba để nói về cây cầu cũ, đã đóng cửa với ô tô kể từ trận lũ mùa xuân và bây giờ sẽ được sửa chữa.",
        "Linnavolikogu kogunes teisipäeva õhtul, et rääkida vanast sillast, mis on alates kevadistest üleujutustest autodele suletud ja mida nüüd parandatakse.",
        "Miesto taryba susirinko antradienio vakarą pasikalbėti apie seną tiltą, kuris nuo pavasario potvynių yra uždarytas automobiliams ir dabar bus taisomas.",
        "Gradsko vijeće sastalo se u utorak navečer kako bi razgovaralo o starom mostu koji je od proljetnih poplava zatvoren za automobile i koji će biti popravljen.",
        "Nagpulong ang konseho noong Martes ng gabi upang pag-usapan ang lumang tulay na sarado sa mga kotse mula noong baha ng tagsibol at ngayon ay aayusin.",
        "La urba konsilio kunvenis mardon vespere por paroli pri la malnova ponto, kiu estas fermita por aŭtoj ekde la printempaj inundoj kaj nun estos riparita.",
        "Городской совет собрался во вторник вечером, чтобы поговорить о старом мосте, который закрыт для машин с весеннего наводнения и теперь будет отремонтирован.",
        "市议会星期二晚上开会讨论那座旧桥，自春季洪水以来，这座桥一直禁止汽车通行，现在终于要修理了，居民们对此表示欢迎，并希望工程能在冬天之前完成。",
    ];

    /// What is heard after an article of any language is what would have been heard first.
    #[test]
    fn what_came_before_changes_nothing() {
        for before in ARTICLES {
            for text in ARTICLES {
                let mut ear = Ear::default();
                ear.language(before, None);
                let (after, alone) = (
                    ear.language(text, None),
                    Ear::default().language(text, None),
                );
                assert_eq!(after, alone, "{text}, after {before}");
            }
        }
        let mut ear = Ear::default();
        let told: Vec<_> = ARTICLES[..4]
            .iter()
            .map(|text| ear.language(text, None))
            .collect();
        let told: Vec<_> = told.iter().map(Option::as_deref).collect();
        assert_eq!(told, [Some("en"), Some("de"), Some("fr"), Some("es")]);
    }

    #[test]
    fn words_are_counted_in_any_script() {
        for (text, expected) in [
            ("", 0),
            ("One two", 2),
            ("It’s a well-known 3.5", 5),
            ("東京", 1),
            ("日本語 and more", 4),
            ("— !", 0),
        ] {
            assert_eq!(words(text), expected, "{text}");
        }
    }
}
